#!/bin/sh
# long_specs.sh SPECS LINES DIRECTORY: specs and pages of about so many lines, each long in another way, to be timed or
# counted: those of SPECS again and again, and what people would hardly write but programs do.
set -eu
specs=$(realpath "$1")
lines=$2
mkdir -p "$3"
cd "$3"

# piece TEXT: TEXT, with '%d' a number that grows, until there are LINES lines.
piece() {
	awk -v text="$1" -v lines="$lines" 'BEGIN {
		per = gsub(/\n/, "\n", text)
		for (at = i = 0; at + per <= lines; at += per) {
			one = text
			gsub(/%d/, ++i, one)
			printf "%s", one
		}
	}'
}

find "$specs" -name '*.scml' -type f | sort | xargs -r cat >once
[ -s once ] || { echo "$specs holds no specs" >&2; exit 1; }
: >repeated.scml
while [ "$(wc -l <repeated.scml)" -lt "$lines" ]; do
	cat once >>repeated.scml
done
{
	echo '# Page'
	awk -v lines="$((lines - 1))" '
		{ text = text $0 "\n"; count++ }
		END { for (at = 0; at < lines; at += count + 4) printf "\n```c\n%s```\n\n", text }' once
} >repeated.md
rm once

piece 'flags_%d = MSG_PEEK | MSG_DONTWAIT;\nsendto(sockfd, buf, len, flags = <flags_%d>, dest_addr, addrlen);\n' >definitions.scml
piece 'flags_%d = MSG_PEEK | MSG_DONTWAIT;\n' >unused.scml
piece 'socket(family = AF_INET, type = SOCK_STREAM, protocol = %d);\n' >alternatives.scml
piece 'struct sockaddr = {\n    sa_family = %d,\n    ..\n};\n' >structs.scml
echo 'bind(sockfd, addr = <sockaddr>, addrlen);' >>structs.scml
{
	echo 'setsockopt(fd, level = SOL_SOCKET, optname ='
	piece '    %d |\n'
	echo '    SO_TYPE, optval, optlen);'
} >pattern.scml
{
	echo 'f ='
	piece '    MSG_PEEK |\n    MSG_DONTWAIT |\n'
	echo '    MSG_OOB;'
	echo 'sendto(sockfd, buf, len, flags = <f>, dest_addr, addrlen);'
} >definition.scml
{
	echo 'bind(sockfd, addr = {'
	piece '    field_%d = %d,\n'
	echo '    .. }, addrlen);'
} >struct.scml
{
	echo 'sendmsg(sockfd, msg = { msg_iov = ['
	piece '    { iov_base = NULL, iov_len = %d },\n'
	echo '    { iov_base, iov_len } ], .. }, flags);'
} >array.scml
{
	echo 'sendto(sockfd, buf, len, flags ='
	piece '    MSG_NOT_KNOWN_%d |\n'
	echo '    MSG_OOB, dest_addr, addrlen);'
} >unknown_constants.scml
piece 'call_%d(fd);\n' >unknown_calls.scml
piece 'sendto(sockfd, buf, len, flags = <flags_%d>, dest_addr, addrlen);\n' >unknown_references.scml
piece 'socket(family = = AF_INET, type = SOCK_STREAM | | protocol = 0);\n' >syntax_errors.scml
piece 'socket(\n' >open.scml
piece '@@@ $$ ### !!\n' >stray.scml
piece '// A comment.\n' >comments.scml
piece '## Calls %d\n\nText.\n\n```scml\nopt_%d = SOCK_CLOEXEC;\nsocket(family = AF_INET, type = SOCK_STREAM | <opt_%d>, protocol);\n```\n\n' >blocks.md
