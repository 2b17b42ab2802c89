" Vim filetype plugin
" Language: SCML, the System Call Matching Language

if exists('b:did_ftplugin')
  finish
endif
let b:did_ftplugin = 1

setlocal commentstring=//\ %s
setlocal comments=s1:/*,mb:*,ex:*/,:///,://!,://
setlocal formatoptions-=t formatoptions+=croql
setlocal expandtab shiftwidth=4 softtabstop=4
setlocal suffixesadd=.scml
setlocal matchpairs+=<:>
" gq lays whole rules out, as `scmlc fmt` does.
let &l:formatprg = 'scmlc fmt -'
" :make lints the file, and the quickfix list has the mistakes.
compiler scmlc

let b:undo_ftplugin = 'setlocal commentstring< comments< formatoptions< expandtab< shiftwidth< softtabstop< suffixesadd< matchpairs< formatprg< makeprg< errorformat<'
