#!/usr/bin/env bash
# record.sh SOURCE OUT: SOURCE is a clone of this project. Write OUT, an strace log of a million lines or more: different real programs one
# after the other, each recorded once with `strace -f -yy`. What is not installed is left out, and said.
set -euo pipefail

source=$(realpath "$1")
out=$(realpath "$2")
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"
: > "$out"

has() { command -v "$1" >/dev/null || { echo "record: $1 is not installed, left out" >&2; return 1; }; }

# record NAME PROG ARG...: run it under strace, and put what was recorded behind OUT.
record() {
	local name=$1
	shift
	strace -f -yy -o "$work/$name.log" "$@" >"$work/$name.out" 2>&1 || true
	echo "record: $name: $(wc -l <"$work/$name.log") lines" >&2
	cat "$work/$name.log" >>"$out"
	rm -f "$work/$name.log"
}

# serve NAME CLIENT SERVER...: record SERVER while the shell command CLIENT talks to it.
serve() {
	local name=$1 client=$2 tracer
	shift 2
	strace -f -yy -o "$work/$name.log" "$@" >"$work/$name.out" 2>&1 &
	tracer=$!
	sleep 2
	bash -c "$client" >/dev/null 2>&1 || true
	pkill -TERM -P "$tracer" || true
	wait "$tracer" || true
	echo "record: $name: $(wc -l <"$work/$name.log") lines" >&2
	cat "$work/$name.log" >>"$out"
	rm -f "$work/$name.log"
}

build() {
	cmake -S "$source" -B "$work/build" -G "Unix Makefiles" >/dev/null
	record build make -C "$work/build" -j2
}

files() {
	record git git clone --no-local "$source" "$work/clone"
	record log git -C "$work/clone" log --stat
	record grep grep -r struct "$work/clone"
	record find find /usr -xdev -size +100k
	record tar tar czf "$work/share.tar.gz" /usr/share/doc /usr/include
}

redis() {
	has redis-benchmark && has redis-server || return 0
	serve redis 'redis-benchmark -p 17379 -n 12000 -c 20 -P 1; redis-benchmark -p 17379 -n 4000 -c 5 -t set,get,lrange' \
		redis-server --port 17379 --bind 127.0.0.1 --save '' --appendonly yes --dir "$work"
}

web() {
	has nginx || return 0
	mkdir -p "$work/www"
	head -c 3000 /dev/urandom | base64 >"$work/www/index.html"
	cat >"$work/nginx.conf" <<-END
		daemon off; worker_processes 2; pid $work/nginx.pid; error_log $work/error.log;
		events { worker_connections 256; }
		http { access_log $work/access.log; client_body_temp_path $work/t1; proxy_temp_path $work/t2;
			fastcgi_temp_path $work/t3; uwsgi_temp_path $work/t4; scgi_temp_path $work/t5;
			server { listen 127.0.0.1:17380; root $work/www; } }
	END
	local client="for i in \$(seq 300); do exec 3<>/dev/tcp/127.0.0.1/17380; printf 'GET / HTTP/1.0\r\n\r\n' >&3; cat <&3; done"
	has wrk && client="wrk -t2 -c20 -d25s http://127.0.0.1:17380/"
	serve nginx "$client" nginx -c "$work/nginx.conf"
}

python() {
	has python3 || return 0
	cat >"$work/talk.py" <<-'END'
		import socket, subprocess, sys, tempfile, threading
		def serve(listener):
		    while True:
		        connection, _ = listener.accept()
		        with connection:
		            data = connection.recv(1000)
		            if data == b'stop': return
		            connection.sendall(data * 3)
		listener = socket.create_server(('127.0.0.1', 0))
		threading.Thread(target=serve, args=(listener,)).start()
		def talk(count):
		    for i in range(count):
		        with socket.create_connection(listener.getsockname()) as s:
		            s.sendall(b'%d' % i)
		            s.recv(5000)
		        with tempfile.TemporaryFile() as f: f.write(b'x' * i)
		threads = [threading.Thread(target=talk, args=(1500,)) for _ in range(4)]
		for t in threads: t.start()
		for t in threads: t.join()
		for i in range(30): subprocess.run([sys.executable, '-c', 'import json, decimal; print(1)'])
		with socket.create_connection(listener.getsockname()) as s: s.sendall(b'stop')
	END
	record python python3 "$work/talk.py"
	PYTHONPYCACHEPREFIX="$work/pycache" record compileall python3 -m compileall -q "$(python3 -c 'import json, os; print(os.path.dirname(json.__file__))')"
}

has strace
build
files
redis
web
python
echo "record: $out: $(wc -lc <"$out") lines and bytes" >&2
