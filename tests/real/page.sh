#!/bin/sh
# page.sh SCMLTRACE: the page of --html as a browser sees it: its numbers, no errors, nothing fetched, and what
# stands in a log or in a path stays text.
set -u
scmltrace=$1
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || {
	echo "skipped: there is no Chromium"
	exit 77
}
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1

fail()
{
	echo "$1"
	exit 1
}

mkdir 'a <b>"&%'
cat >'a <b>"&%/r.scml' <<'END'
socket(family = AF_UNIX, type = SOCK_STREAM, protocol = 0); // <script>document.title = "broken"</script>
getpid(/* </pre><script>document.title = "broken"</script> */);
listen(fd, backlog); shutdown(fd, how = SHUT_RD);
END
log='<img src=x onerror=alert(1)>.log'
cat >"$log" <<'END'
socket(AF_UNIX, SOCK_STREAM, 0) = 3
socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 3
socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = -1 EMFILE (Too many open files)
openat(AT_FDCWD, "</code><script>document.title='broken'</script>\377", O_RDONLY) = 3
bind(3, {sa_family=AF_UNIX, sun_path="<b>&\"'"}, 110) = 0
getpid() = 7
getpid() = 7
shutdown(3, SHUT_WR) = 0
END
"$scmltrace" --arch x86_64 'a <b>"&%/r.scml' --html page.html -q -o /dev/null --input "$log" ||
	fail "no page was written"
for part in 'http://' 'https://' '<script' '<img' '@import' 'url('; do
	grep -qF -- "$part" page.html && fail "the page holds '$part'"
done

grep -o ' id="[^"]*"' page.html | sort >ids
[ -z "$(uniq -d ids)" ] || fail "names of parts stand twice: $(uniq -d ids)"
sed 's/^ //' ids | grep -q ' ' && fail "the name of a part has a blank"
grep -o 'href="#[^"]*"' page.html | sed 's/href="#/ id="/' | sort -u >links
[ -s links ] && [ -z "$(comm -23 links ids)" ] || fail "a link leads nowhere: $(comm -23 links ids)"

# A browser that cannot start at all (no sandbox in a container, say) says nothing about the page.
show()
{
	timeout 60 "$browser" --headless --no-sandbox --disable-gpu --user-data-dir="$folder/profile" \
		--enable-logging=stderr --v=0 "$@" "file://$folder/page.html" 2>browser.err
}
show --dump-dom >dom || { echo "skipped: $browser does not run: $(tail -n 1 browser.err)"; exit 77; }
grep -q '</html>' dom || { echo "skipped: $browser shows nothing"; exit 77; }
grep 'CONSOLE' browser.err && fail "the browser complains"

has()
{
	grep -qF -- "$1" dom || fail "the page does not show '$1'"
}
has '<title>&lt;img src=x onerror=alert(1)&gt;.log: system calls</title>'
has '<b>8</b> calls judged'
has '<b class="good">3</b> supported'
has '<b class="bad">5</b> unsupported'
has 'Outside the rules: 5 calls are unsupported'
has '<code>socket</code></td><td><code>family</code></td><td><span class="what bad">AF_INET</span>'
has 'EMFILE ×1'
has 'line 2'
has '2 of 4 rules used'
has '<span class="soft">never</span>'
has 'listen(fd, backlog);'
exit 0
