#!/bin/sh
# tracefs.sh ABIPROBE FOLDER: parameter names, count, width and sign of every call as the running
# kernel describes them in tracefs, against the database. Skipped (77) where it cannot be read.
set -e
[ "$(uname -m)" = x86_64 ] || { echo "skipped: the list would be that of another architecture"; exit 77; }
if [ -z "$SCML_TRACEFS" ]; then
	for folder in /sys/kernel/tracing /sys/kernel/debug/tracing; do
		[ -r "$folder/events/syscalls/sys_enter_read/format" ] && SCML_TRACEFS=$folder
	done
fi
if [ -z "$SCML_TRACEFS" ]; then
	# Mounted for this test alone, in a mount namespace of its own.
	exec unshare -m sh -c '
		mount -t tracefs nodev /sys/kernel/tracing 2>/dev/null &&
			[ -r /sys/kernel/tracing/events/syscalls/sys_enter_read/format ] ||
			{ echo "skipped: tracefs cannot be read"; exit 77; }
		SCML_TRACEFS=/sys/kernel/tracing exec "$@"' sh "$0" "$@" 2>/dev/null || exit 77
fi
list=$(mktemp)
trap 'rm -f "$list"' EXIT
awk '
	function flush() { if (line) print line; line = "" }
	FNR == 1 { flush() }
	/^name:/ { line = substr($2, 11) }
	/field:/ && !/common_|__syscall_nr/ {
		text = $0
		sub(/^[ \t]*field:/, "", text)
		sub(/;.*/, "", text)
		name = text
		sub(/.*[ *]/, "", name)
		type = substr(text, 1, length(text) - length(name))
		sub(/ +$/, "", type)
		line = line "\t" type "|" name
	}
	END { flush() }' "$SCML_TRACEFS"/events/syscalls/sys_enter_*/format | sort > "$list"
[ "$(wc -l < "$list")" -gt 300 ] || { echo "skipped: tracefs lists no system calls"; exit 77; }
"$1" --tracefs "$list" "$2"
