#!/bin/sh
# real.sh SCMLTRACE SPECS ROUNDS [PROGRAM]: programs of other people by themselves, under scmltrace
# and under `strace -yy -f`, by turns. Prints the medians of the seconds of ROUNDS rounds (strace: at
# most 3), their ratios, how many calls there were and how many causes of unsupported ones; the
# summaries stay in the folder that is named at the end.
set -u
scmltrace=$(realpath "$1") specs='' rounds=$3 only=${4:-}
for word in $2; do
	[ ! -e "$word" ] || word=$(realpath "$word")
	specs="$specs $word"
done
folder=$(mktemp -d) || exit 1
cd "$folder" || exit 1
port=17401

now()
{
	date +%s%N
}

# since BEGIN: seconds
since()
{
	echo "$(now) $1" | awk '{printf "%.4f\n", ($1 - $2) / 1e9}'
}

# until_ready COMMAND...: wait for a server
until_ready()
{
	tries=0
	until "$@" >/dev/null 2>&1; do
		tries=$((tries + 1))
		[ $tries -lt 200 ] || exit 1
		sleep 0.05
	done
}

# Each prints its seconds; $RUN stands before the program.

run_redis()
{
	$RUN redis-server --port $port --save '' --appendonly no >server.out 2>&1 &
	until_ready redis-cli -p $port ping
	begin=$(now)
	redis-benchmark -p $port -n 20000 -c 20 -t set,get -q >bench.out 2>&1
	since "$begin"
	redis-cli -p $port shutdown nosave >/dev/null 2>&1
	wait
}

run_nginx()
{
	mkdir -p www logs
	head -c 1024 /dev/zero | tr '\0' x >www/index.html
	cat >nginx.conf <<END
daemon off; worker_processes 2; pid $folder/nginx.pid; error_log $folder/error.log;
events { worker_connections 256; }
http { access_log $folder/access.log; server { listen 127.0.0.1:$port; root $folder/www; } }
END
	$RUN nginx -p "$folder" -c "$folder/nginx.conf" >server.out 2>&1 &
	until_ready curl -s --noproxy '*' http://127.0.0.1:$port/
	# wrk runs as long as it is told to: what 10000 requests take follows from their rate.
	wrk -t 1 -c 8 -d 1s http://127.0.0.1:$port/ >bench.out
	awk '/Requests\/sec/ {printf "%.4f\n", 10000 / $2}' bench.out
	kill "$(cat nginx.pid)"
	wait
}

run_sqlite()
{
	rm -f data.db*
	cat >script.sql <<'END'
create table words(id integer primary key, word text, size integer);
create index by_size on words(size);
with recursive n(i) as (select 1 union all select i + 1 from n where i < 60000)
insert into words(word, size) select hex(i * 7919), i % 97 from n;
begin; update words set size = size + 1 where id % 3 = 0; commit;
select size, count(*), max(word) from words group by size order by size;
delete from words where id % 2 = 0; vacuum;
END
	begin=$(now)
	$RUN sqlite3 data.db <script.sql >sqlite.out
	since "$begin"
}

prepare_git()
{
	[ -d origin ] && return
	git init -q origin
	cp -r /usr/include/linux origin/
	git -C origin add .
	git -C origin -c user.name=n -c user.email=e commit -q -m all
}

run_git()
{
	prepare_git
	rm -rf copy
	begin=$(now)
	$RUN git clone -q "file://$folder/origin" copy
	since "$begin"
}

run_make()
{
	rm -f ./*.o
	for part in 1 2 3 4 5 6; do
		[ -f part$part.c ] || {
			echo '#include <stdio.h>'
			for j in $(seq 200); do
				echo "int f${part}_$j(int x) { return x * $j + printf(\"%d\", x); }"
			done
		} >part$part.c
	done
	printf 'all: part1.o part2.o part3.o part4.o part5.o part6.o\n' >build.mk
	begin=$(now)
	$RUN make -s -f build.mk
	since "$begin"
}

run_python()
{
	cat >talk.py <<'END'
import socket, subprocess, threading

def serve(server, count):
    for _ in range(count):
        peer, _ = server.accept()
        with peer:
            peer.sendall(peer.recv(4096))

server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(("127.0.0.1", 0))
server.listen(16)
threads = [threading.Thread(target=serve, args=(server, 200)) for _ in range(4)]
for thread in threads:
    thread.start()
for _ in range(800):
    with socket.create_connection(server.getsockname()) as client:
        client.sendall(b"x" * 512)
        client.recv(4096)
for thread in threads:
    thread.join()
for _ in range(20):
    subprocess.run(["/bin/true"], check=True)
END
	begin=$(now)
	$RUN /usr/bin/python3 talk.py
	since "$begin"
}

median()
{
	sort -n "$1" | awk '{a[NR] = $1} END {print a[int((NR + 1) / 2)]}'
}

# ratio A B
ratio()
{
	echo "$1 $2" | awk '{printf "%.2f", $1 / $2}'
}

bench()
{
	name=$1
	: >bare.t; : >scml.t; : >strace.t
	RUN='' "run_$name" >/dev/null
	# Once with a tracer that sees every call, to count them.
	RUN="$scmltrace $specs --engine ptrace --summary -o all --" "run_$name" >/dev/null
	i=0
	while [ $i -lt "$rounds" ]; do
		RUN='' "run_$name" >>bare.t
		RUN="$scmltrace $specs --summary -o $name.summary --" "run_$name" >>scml.t
		[ $i -ge 3 ] || RUN='strace -yy -f -o /dev/null' "run_$name" >>strace.t
		i=$((i + 1))
	done
	bare=$(median bare.t)
	awk -v name="$name" -v bare="$bare" -v scml="$(ratio "$(median scml.t)" "$bare")" \
		-v strace="$(ratio "$(median strace.t)" "$bare")" \
		-v causes="$(($(wc -l <"$name.summary") - 2))" \
		'NR == 1 {printf "%-8s %9.3f %10s %10s %9d %11d %7d\n", name, bare, scml, strace,
			$3 + $5 + $7 + $11, $3, causes}' all
	cp all "$name.all"
}

printf '%-8s %9s %10s %10s %9s %11s %7s\n' program bare/s scmltrace strace calls unsupported causes
for name in redis nginx sqlite git make python; do
	[ -n "$only" ] && [ "$only" != $name ] || bench $name
done
echo "summaries: $folder"
