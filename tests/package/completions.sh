#!/bin/sh
# completions.sh SHELL HELP: SHELL completes what the options tables say. Skipped (77) without SHELL.
set -eu
shell=$1
completions=$2/completions
command -v "$shell" >/dev/null || { echo "skipped: there is no $shell"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
touch rules.scml

# `expect LINE WORD...`: completing LINE offers each WORD, and no WORD behind a `!`.
ask_bash() {
	bash --norc -c '
		source "$1/$2"
		COMP_LINE=$3 COMP_POINT=${#3}
		read -ra COMP_WORDS <<<"${3//=/ = }"
		[[ $3 == *" " ]] && COMP_WORDS+=("")
		COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
		"_$2"
		printf "%s\n" "${COMPREPLY[@]}"' bash "$completions" "${1%% *}" "$1"
}
ask_fish() {
	fish --no-config -c "source $completions/${1%% *}.fish; complete -C '$1'" | cut -f1
}
# zsh completes in a terminal only; what it offers is caught where it is added.
ask_zsh() {
	cat >ask.zsh <<'END'
zmodload zsh/zpty
zpty shell zsh -f -i
send() { zpty -w shell "$1" }
send "PS1= PS2= PROMPT_EOL_MARK=; stty -echo; fpath=($1 \$fpath); autoload -Uz compinit; compinit -u -D"
send "compadd() { local -a out hits; if [[ \${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then builtin compadd \"\$@\"; return; fi; builtin compadd -O hits \"\$@\"; print -rl -- OFFER:\${^hits}; builtin compadd \"\$@\" }"
send "complete-end() { compstate[insert]=; compstate[list]=; print -r -- OFFER''-END }"
send "_ask() { unset 'compstate[vared]'; compprefuncs=(); comppostfuncs=(complete-end); _main_complete }"
send "zle -C ask complete-word _ask; bindkey '^I' ask; print READ''Y"
zpty -r shell line '*READY*' || exit 1
zpty -w -n shell "$2"$'\t'
zpty -r shell line '*OFFER-END*' || exit 1
print -r -- "$line" | tr -d '\r' | sed -n 's/^.*OFFER://p' | sed 's/\\:/:/g'
zpty -d shell
END
	timeout 60 zsh -f ask.zsh "$completions" "$1"
}
expect() {
	line=$1
	shift
	offered=$("ask_$shell" "$line")
	for word in "$@"; do
		case $word in
		!*) ! printf '%s\n' "$offered" | grep -qxF -- "${word#!}" || { echo "'$line' offers '${word#!}'"; exit 1; } ;;
		*) printf '%s\n' "$offered" | grep -qE -- "^(--?[a-z-]+=)?$word *=?\$" || { echo "'$line' does not offer '$word' but: $offered"; exit 1; } ;;
		esac
	done
}
expect 'scmlc ex' explain '!eval'
expect 'scmlc -q ex' explain '!eval'
expect 'scmlc --on-' --on-mismatch --on-undecided --on-bad-arch --on-unknown '!--output'
expect 'scmlc eval --on-' --on-mismatch
expect 'scmlc lint --' --portable --min-kernel '!--on-mismatch'
expect 'scmlc --diagnostics ' text json sarif github
expect 'scmlc lint --color=a' auto always '!never'
expect 'scmlc -t ' bpf oci md
expect 'scmlc --arch ' x86_64 aarch64 riscv64
expect 'scmlc explain foreign' foreign-constant '!foreign-reference'
expect 'scmlc -W ' never unused
expect 'scmlc ru' rules.scml
expect 'scmlc lint ru' rules.scml
expect 'scmltrace me' merge '!plan'
expect 'scmltrace merge --su' --summary
expect 'scmltrace plan --s' --scope '!--summary'
expect 'scmltrace --en' --engine '!--on-mismatch'
expect 'scmltrace --engine ' auto notify
expect 'scmltrace --abi ru' rules.scml
expect 'scmlrun --pl' --plain
expect 'scmlrun --scope l' listed '!all'
expect 'scmltrace rules.scml -- tru' true
echo "completions.sh: $shell completes"
