# fish.awk: PROGRAM's completion for fish, from the table of collect.sh.
BEGIN { FS = "\t" }

function typed(word) {
	sub(/\[.*/, "", word)
	sub(/[A-Z]+$/, "", word)
	return word
}

function quoted(text) {
	gsub(/\\/, "\\\\", text)
	gsub(/'/, "\\'", text)
	return "'" text "'"
}

$1 == "command" && $2 == program && $3 != "-" {
	commands = commands " " $3
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

function form_switch(form) {
	if (form ~ /^--/)
		return " -l " substr(form, 3)
	return (length(form) == 2 ? " -s " : " -o ") substr(form, 2)
}

END {
	printf "# fish completion of %s; made from what %s --help says.\n", program, program
	none = commands == "" ? "" : " -n " quoted("not __fish_seen_subcommand_from" commands)
	m = split(substr(commands, 2), command, " ")
	for (i = 1; i <= m; i++)
		printf "complete -c %s -n __fish_use_subcommand -a %s -d %s\n", program, command[i], quoted(summary[command[i]])
	for (i = 1; i <= lines; i++) {
		split(line[i], field, "\t")
		n = split(field[4], form, " ")
		last = form[n]
		text = "complete -c " program (field[3] == "-" ? none : " -n " quoted("__fish_seen_subcommand_from " field[3]))
		for (k = 1; k <= n; k++)
			text = text form_switch(form[k])
		if (last == "-W")
			text = text " -x -a " quoted(substr(names, 2) " error")
		else if (last in choices)
			text = text " -x -a " quoted(substr(choices[last], 2))
		else if (field[5] ~ /FILE|LOG/)
			text = text " -r -F"
		else if (field[5] != "")
			text = text " -x"
		print text " -d " quoted(field[6])
	}
	if (program == "scmlc")
		printf "complete -c scmlc -n '__fish_seen_subcommand_from explain' -f -a %s\n", quoted(substr(names, 2))
	else {
		printf "complete -c %s -n 'contains -- -- (commandline -opc)' -x -a '(", program
		print "set -l words (commandline -opc); set -l end (contains -i -- -- $words);" \
			" complete -C (string join \" \" -- $words[(math $end + 1)..-1] (commandline -ct)))'"
	}
}
