# man.awk: a man page. Where its source has a line `@OPTIONS PROGRAM COMMAND@`, `@COMMANDS PROGRAM@` or
# `@NAMES@`, what the table of collect.sh says is put. Call with the table first, then the source.
BEGIN { FS = "\t" }

# Text that roff does not take for requests or escapes.
function roff(text) {
	gsub(/\\/, "\\e", text)
	gsub(/'/, "\\(aq", text)
	gsub(/`/, "\\(ga", text)
	sub(/^\./, "\\\\\\&.", text)
	return text
}

# A help line as a sentence.
function sentence(text) {
	if (text !~ /^[a-z]+:/)
		text = toupper(substr(text, 1, 1)) substr(text, 2)
	return roff(text (text ~ /\.$/ ? "" : "."))
}

# `--name` and `-n` as mdoc's flags, which have one dash of their own.
function flags(forms, value,    n, i, form, text) {
	n = split(forms, form, " ")
	for (i = 1; i <= n; i++) {
		# The name of a macro would be taken for one.
		text = text (i > 1 ? " , " : "") "Fl " (form[i] ~ /^-[A-Z][a-z]$/ ? "\\&" : "") substr(form[i], 2)
		if (value != "")
			text = text " Ar " roff(value)
	}
	return text
}

function print_options(program, command,    i, k, field, pick, words) {
	print ".Bl -tag -width Ds"
	for (i = 1; i <= options; i++) {
		split(option[i], field, FS)
		if (field[2] != program || field[3] != command)
			continue
		print ".It " flags(field[4], field[5])
		print sentence(field[6])
		words = split(choices[program, command, last_form(field[4])], pick, "\n")
		if (words && pick[1] ~ /\t./) {
			print ".Bl -tag -width oci-json -compact"
			for (k = 1; k <= words; k++)
				printf ".It Cm %s\n%s\n", roff(substr(pick[k], 1, index(pick[k], "\t") - 1)), \
					sentence(substr(pick[k], index(pick[k], "\t") + 1))
			print ".El"
		} else if (words && field[5] !~ /\|/) {
			printf "One of\n"
			for (k = 1; k <= words; k++)
				printf ".Cm %s%s\n", roff(substr(pick[k], 1, index(pick[k], "\t") - 1)), k < words ? " ," : " ."
		}
	}
	print ".El"
}

function last_form(forms,    n, form) {
	n = split(forms, form, " ")
	return form[n]
}

function print_commands(program,    i, field, n, k, line) {
	for (i = 1; i <= commands; i++) {
		split(command[i], field, FS)
		if (field[2] != program || field[3] == "-")
			continue
		printf ".Ss %s\n", roff(field[3])
		print roff(field[4])
		print ".Bd -literal -offset indent"
		n = split(field[5], line, /\\n/)
		for (k = 1; k <= n; k++)
			print roff(line[k])
		print ".Ed\n.Pp\nFor example:\n.Bd -literal -offset indent"
		print roff(field[6])
		print ".Ed\n.Pp\nOptions:"
		print_options(program, field[3])
	}
}

function print_names(    i, field) {
	print ".Bl -tag -width Ds -compact"
	for (i = 1; i <= names; i++) {
		split(name[i], field, FS)
		printf ".It Cm %s Pq %s\n%s\n", roff(field[2]), field[3], sentence(field[4])
	}
	print ".El"
}

NR == FNR {
	if ($1 == "option")
		option[++options] = $0
	else if ($1 == "command")
		command[++commands] = $0
	else if ($1 == "name")
		name[++names] = $0
	else if ($1 == "choice")
		choices[$2, $3, $4] = choices[$2, $3, $4] (choices[$2, $3, $4] == "" ? "" : "\n") $5 "\t" $6
	next
}
/^@OPTIONS / {
	split($0, part, /[ @]/)
	print_options(part[3], part[4])
	next
}
/^@COMMANDS / {
	split($0, part, /[ @]/)
	print_commands(part[3])
	next
}
/^@NAMES@/ {
	print_names()
	next
}
{
	gsub(/@VERSION@/, version)
	gsub(/@DATE@/, date)
	print
}
