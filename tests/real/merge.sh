#!/bin/sh
# merge.sh SCMLTRACE SPEC: a log cut into shards that GNU parallel judges adds up to the report of one run.
set -eu
scmltrace=$1 spec=$2
if ! command -v parallel >/dev/null || ! parallel --version 2>/dev/null | grep -q GNU; then
	echo "skipped: there is no GNU parallel"
	exit 77
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cp "$spec" net.scml
PARALLEL_HOME=$folder
export PARALLEL_HOME scmltrace

awk 'BEGIN {
	split("AF_INET AF_INET6 AF_UNIX AF_NETLINK AF_PACKET", families)
	split("SOCK_STREAM SOCK_DGRAM SOCK_RAW SOCK_STREAM|SOCK_CLOEXEC", types)
	split("EMFILE EACCES ENOBUFS", errnos)
	for (i = 1; i <= 20000; i++) {
		error = errnos[i % 3 + 1]
		if (i % 7 == 0)
			printf "sendto(%d, \"x\", 1, MSG_NOSIGNAL, NULL, 0) = 1\n", i % 9
		else if (i % 501 == 0)
			print "what is this"
		else
			printf "socket(%s, %s, 0) = %s\n", families[i * i % 5 + 1], types[i % 11 % 4 + 1],
				i % 2 ? "3" : "-1 " error " (x)"
	}
}' >log

judge='"$scmltrace" net.scml --json --summary --coverage --input -'
sh -c "$judge" <log 2>one.json
grep -q '"type":"cause"' one.json
parallel -j2 --pipepart -a log --block 80k "$judge 2>&1" >all.json
[ "$(grep -c '"type":"summary"' all.json)" -gt 10 ] || { echo "that was no map"; exit 1; }
"$scmltrace" merge all.json | cmp - one.json
LC_ALL=C sort all.json | "$scmltrace" merge - | cmp - one.json
# As Hadoop's streaming does it with one reducer, and no shell: what has no tab gets one, each map's lines are sorted and combined,
# and the lines of all of them are sorted again.
split -n l/5 log shard.
for shard in shard.*; do
	"$scmltrace" net.scml --json --summary --coverage -o - --input - <"$shard" |
		sed 's/$/	/' | LC_ALL=C sort | "$scmltrace" merge - | sed 's/$/	/' >"map.$shard"
done
LC_ALL=C sort map.* | "$scmltrace" merge - | cmp - one.json
# A tree: sums of sums.
split -n r/3 all.json part. 2>/dev/null
for part in part.*; do
	grep -q '"type":"summary"' "$part" && "$scmltrace" merge -o "$part.json" "$part"
done
"$scmltrace" merge part.*.json | cmp - one.json
