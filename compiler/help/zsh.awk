# zsh.awk: PROGRAM's completion for zsh, from the table of collect.sh.
BEGIN { FS = "\t" }

function typed(word) {
	sub(/\[.*/, "", word)
	sub(/[A-Z]+$/, "", word)
	gsub(/:/, "\\:", word)
	return word
}

function quoted(text) {
	gsub(/\\/, "\\\\", text)
	gsub(/\[/, "\\[", text)
	gsub(/]/, "\\]", text)
	gsub(/:/, "\\:", text)
	gsub(/'/, "'\\''", text)
	return text
}

$1 == "command" && $2 == program {
	commands[++count] = $3
	summary[$3] = $4
}
$1 == "option" && $2 == program { line[++lines] = $0 }
$1 == "choice" && ($2 == program || $4 == "--arch") && !(($4, $5) in seen) {
	seen[$4, $5] = 1
	choices[$4] = choices[$4] " " typed($5)
}
$1 == "name" {
	names = names " " $2
}

# What follows an option: `:message:action`.
function action(form, value) {
	if (value == "")
		return ""
	if (form == "-W")
		return ":diagnostic:($names no-${^names} error)"
	if (form in choices)
		return ":" quoted(value) ":(" substr(choices[form], 2) ")"
	if (value ~ /FILE|LOG/)
		return ":" quoted(value) ":_files"
	return ":" quoted(value) ": "
}

# How the value may follow: stuck on or apart; behind `=` for long names.
function joint(form, value) {
	if (value == "")
		return ""
	return form ~ /^--/ ? "=" : "+"
}

function print_options(command,    i, field, form, n, k, last, others) {
	for (i = 1; i <= lines; i++) {
		split(line[i], field, "\t")
		if (field[3] != command)
			continue
		n = split(field[4], form, " ")
		last = form[n]
		others = field[4]
		for (k = 1; k <= n; k++)
			printf "\t\t'%s%s%s[%s]%s'\n", field[5] ~ /ARCH|CALL|NAME|CAP|yaml/ ? "*" : "(" others ")", form[k], \
				joint(form[k], field[5]), quoted(field[6]), action(last, field[5])
	}
}

END {
	printf "#compdef %s\n# zsh completion of %s; made from what %s --help says.\n\n", program, program, program
	printf "_%s()\n{\n\tlocal -a names commands args\n\tlocal command=-\n\tnames=(%s)\n", program, substr(names, 2)
	print "\tcommands=("
	for (i = 1; i <= count; i++)
		if (commands[i] != "-")
			printf "\t\t'%s:%s'\n", commands[i], quoted(summary[commands[i]])
	print "\t)"
	print "\tlocal -i at\n\tfor (( at = 2; at < CURRENT; at++ )); do"
	print "\t\t[[ -n ${commands[(r)$words[at]:*]} ]] || continue"
	print "\t\tcommand=$words[at]\n\t\twords[at]=()\n\t\t(( CURRENT-- ))\n\t\tbreak\n\tdone"
	print "\tcase $command in"
	for (i = 1; i <= count; i++) {
		printf "\t%s) args=(\n", commands[i]
		print_options(commands[i])
		print "\t) ;;"
	}
	print "\tesac"
	if (program == "scmlc")
		print "\tif [[ $command == explain ]]; then _arguments -S $args \"*:diagnostic:($names)\"; return; fi"
	else
		print "\tlocal end=${words[(i)--]}\n\tif (( end < CURRENT )); then\n\t\twords=(\"${(@)words[end + 1, -1]}\")\n\t\t(( CURRENT -= end ))\n\t\t_normal\n\t\treturn\n\tfi"
	print "\tif [[ $command == - ]] && (( $#commands )) && [[ -z ${words[2,CURRENT - 1]:#-*} && $words[CURRENT] != -* ]]; then"
	print "\t\t_describe -t commands command commands"
	print "\tfi"
	print "\t_arguments -S $args '*:input:_files'"
	printf "}\n\n_%s \"$@\"\n", program
}
