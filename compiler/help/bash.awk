# bash.awk: PROGRAM's completion for bash, from the table of collect.sh.
BEGIN { FS = "\t" }

# A word of --help as it is typed: `trap[:N]` is `trap`, `errno:NAME` begins with `errno:`.
function typed(word) {
	sub(/\[.*/, "", word)
	sub(/[A-Z]+$/, "", word)
	return word
}

function add(list, word) {
	return list == "" ? word : list " " word
}

$1 == "command" && $2 == program && $3 != "-" { commands = add(commands, $3) }
$1 == "option" && $2 == program {
	if (!($3 in options))
		command[++command_count] = $3
	n = split($4, form, " ")
	for (i = 1; i <= n; i++) {
		options[$3] = add(options[$3], form[i])
		if ($5 != "" && $5 ~ /FILE|LOG/)
			files[form[i]] = 1
		if ($5 != "" && !(form[i] in known)) {
			known[form[i]] = 1
			with_value[++value_count] = form[i]
		}
	}
}
$1 == "choice" && ($2 == program || $4 == "--arch") && !(($4, $5) in seen) {
	seen[$4, $5] = 1
	values[$4] = add(values[$4], typed($5))
}
$1 == "name" { names = add(names, $2) }

END {
	printf "# bash completion of %s; made from what %s --help says.\n", program, program
	printf "_%s()\n{\n", program
	print  "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} command=- options i"
	printf "\tlocal names='%s'\n", names
	print  "\tCOMPREPLY=()"
	print  "\t# bash takes `--name=value` apart at the sign."
	print  "\tif [[ $cur == = ]]; then cur=; elif [[ $prev == = ]]; then prev=${COMP_WORDS[COMP_CWORD - 2]}; fi"
	if (program != "scmlc") {
		print "\tfor ((i = 1; i < COMP_CWORD; i++)); do"
		print "\t\tif [[ ${COMP_WORDS[i]} == -- ]]; then"
		print "\t\t\tif declare -F _command_offset >/dev/null; then _command_offset $((i + 1));"
		print "\t\t\telif ((COMP_CWORD == i + 1)); then COMPREPLY=($(compgen -c -- \"$cur\"));"
		print "\t\t\telse COMPREPLY=($(compgen -f -- \"$cur\")); fi"
		print "\t\t\treturn"
		print "\t\tfi"
		print "\tdone"
	}
	if (commands != "") {
		print "\tlocal first=1"
		print "\tfor ((i = 1; i < COMP_CWORD; i++)); do"
		printf "\t\tcase ${COMP_WORDS[i]} in\n\t\t%s) command=${COMP_WORDS[i]} first=; break ;;\n", as_pattern(commands)
		print "\t\t-*) ;;\n\t\t*) [[ ${COMP_WORDS[i - 1]} == -* ]] || first= ;;\n\t\tesac"
		print "\tdone"
	}
	print "\tcase $prev in"
	for (i = 1; i <= value_count; i++) {
		one = with_value[i]
		if (one in files)
			printf "\t%s) COMPREPLY=($(compgen -f -- \"$cur\")); return ;;\n", one
		else if (one in values && one != "-W")
			printf "\t%s) COMPREPLY=($(compgen -W '%s' -- \"$cur\")); return ;;\n", one, values[one]
		else if (one != "-W")
			printf "\t%s) return ;;\n", one
	}
	print "\t-W) COMPREPLY=($(compgen -W \"$names error\" -- \"$cur\")); return ;;"
	print "\tesac"
	print "\tif [[ $cur == -Wno-* ]]; then COMPREPLY=($(compgen -P -Wno- -W \"$names\" -- \"${cur#-Wno-}\")); return; fi"
	print "\tif [[ $cur == -Werror=* ]]; then COMPREPLY=($(compgen -P -Werror= -W \"$names\" -- \"${cur#-Werror=}\")); return; fi"
	print "\tif [[ $cur == -W* ]]; then COMPREPLY=($(compgen -P -W -W \"$names no- error\" -- \"${cur#-W}\")); return; fi"
	print "\tcase $command in"
	for (i = 1; i <= command_count; i++)
		printf "\t%s) options='%s' ;;\n", command[i], options[command[i]]
	print "\tesac"
	print "\tif [[ $cur == -* ]]; then COMPREPLY=($(compgen -W \"$options\" -- \"$cur\")); return; fi"
	if (program == "scmlc")
		print "\tif [[ $command == explain ]]; then COMPREPLY=($(compgen -W \"$names\" -- \"$cur\")); return; fi"
	print "\tCOMPREPLY=($(compgen -f -- \"$cur\"))"
	if (commands != "")
		printf "\tif [[ $first ]]; then COMPREPLY+=($(compgen -W '%s' -- \"$cur\")); fi\n", commands
	print "}"
	printf "complete -o filenames -F _%s %s\n", program, program
}

function as_pattern(words) {
	gsub(/ /, "|", words)
	return words
}
