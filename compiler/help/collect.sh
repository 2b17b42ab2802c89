#!/bin/sh
# collect.sh SCMLC OTHER...: what the programs say about themselves, as a table that man pages and completions are
# made of. A line has fields between tabs:
#
#     command PROGRAM COMMAND SUMMARY USAGE EXAMPLE
#     option  PROGRAM COMMAND FORMS VALUE HELP       FORMS: `-o --output`; VALUE is empty where it takes none
#     choice  PROGRAM COMMAND OPTION WORD HELP       a value that OPTION can have
#     name    NAME LEVEL TITLE                       a diagnostic
#
# COMMAND is `-` for what needs no command.
set -eu
here=$(dirname "$0")
for program in "$@"; do
	"$program" --help | awk -v program="$(basename "$program")" -v command=- -f "$here/table.awk"
	for command in $("$program" --help | sed -n '/^Other commands/,$s/^  \([a-z][a-z-]*\) .*/\1/p'); do
		"$program" "$command" --help | awk -v program="$(basename "$program")" -v command="$command" -f "$here/table.awk"
	done
done
"$1" explain | awk '{ title = $0; sub(/^[^ ]+ +[^ ]+ +/, "", title); printf "name\t%s\t%s\t%s\n", $1, $2, title }'
