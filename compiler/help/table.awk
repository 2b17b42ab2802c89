# table.awk: the text of one --help as lines of the table that collect.sh describes.
function flush_option() {
	if (forms != "")
		printf "option\t%s\t%s\t%s\t%s\t%s\n", program, command, forms, value, help
	forms = ""
}

function choice(option, word, text) {
	printf "choice\t%s\t%s\t%s\t%s\t%s\n", program, command, option, word, text
}

# What PLACEHOLDER stands for is known now: say so for every option that takes it.
function choices_of(placeholder, word, text,    i) {
	for (i = 1; i <= options; i++)
		if (index(option_value[i], placeholder))
			choice(option_name[i], word, text)
}

NR == 1 { summary = $0 }
/^Usage: / { usage = substr($0, 8) }
/^       / && section == "" && usage != "" && example == "" { usage = usage "\\n" substr($0, 8) }
/^Example: / {
	example = substr($0, 10)
	printf "command\t%s\t%s\t%s\t%s\t%s\n", program, command, summary, usage, example
}

/^[A-Z][a-z ]+(\(.*\))?:$/ {
	flush_option()
	section = $1
	sub(/:$/, "", section)
	next
}

section == "Options" && /^  -/ {
	flush_option()
	text = substr($0, 3)
	match(text, /^-[^ ,]+(, -[^ ]+)?/)
	forms = substr(text, 1, RLENGTH)
	gsub(/,/, "", forms)
	text = substr(text, RLENGTH + 1)
	value = ""
	if (match(text, /^ [^ ]+/)) {
		value = substr(text, 2, RLENGTH - 1)
		text = substr(text, RLENGTH + 1)
	}
	sub(/^ +/, "", text)
	help = text
	last = forms
	sub(/.* /, "", last)
	if (value != "") {
		option_name[++options] = last
		option_value[options] = value
	}
	words = value ~ /^[a-z_-]+(\|[a-z_-]+)+$/ ? split(value, word, "|") : 0
	for (i = 1; i <= words; i++)
		later[++laters] = last SUBSEP word[i]
	if (help ~ /: auto or one of those below/)
		later[++laters] = last SUBSEP "auto"
	next
}
section == "Options" && /^    +[^ ]/ && forms != "" {
	text = $0
	sub(/^ +/, "", text)
	help = help (help == "" ? "" : " ") text
	next
}

# ARCH is x86_64, aarch64 or riscv64; …
/^[A-Z]+ is [a-z]/ && $3 !~ /^an?$/ {
	flush_option()
	text = $0
	sub(/^[A-Z]+ is /, "", text)
	sub(/[;.]( .*)?$/, "", text)
	words = split(text, word, /, | or /)
	for (i = 1; i <= words; i++)
		choices_of($1, word[i], "")
	section = "Words"
	next
}

section == "Outputs" && / -t / {
	match($0, / -t +[^ ]+ +/)
	text = substr($0, RSTART + RLENGTH)
	split(substr($0, RSTART), part, " ")
	choice("-t", part[2], text)
}

section == "Engines" && /^  [a-z]/ {
	text = $0
	sub(/^ +[^ ]+ +/, "", text)
	choice("--engine", $1, text)
}

END {
	flush_option()
	for (i = 1; i <= laters; i++) {
		split(later[i], part, SUBSEP)
		choice(part[1], part[2], part[2] == "auto" && part[1] == "--engine" ? "the first of these that works here" : "")
	}
}
