" Vim syntax file
" Language: SCML, the System Call Matching Language
" For blocks of Markdown: let g:markdown_fenced_languages = ['scml']

if exists('b:current_syntax')
  finish
endif

syntax case match
syntax sync fromstart

" What stands between two tokens: blanks and comments.
let s:gap = '\%(\_s\|\/\*\_.\{-}\*\/\|\/\/.*\n\)*'

syntax cluster scmlComments contains=scmlComment,scmlBlockComment,scmlDocumentation
syntax cluster scmlNamed contains=@scmlComments,scmlParameter,scmlNumber,scmlBadNumber,scmlRest,scmlComma,scmlValue,scmlError
syntax cluster scmlPattern contains=@scmlComments,scmlConstant,scmlNull,scmlNumber,scmlBadNumber,scmlOr,scmlReference,scmlFields,scmlArray,scmlError

" Whatever nothing below knows.
syntax match scmlError /[^[:space:],;]/ contained

" Rules
execute 'syntax match scmlDefinition /\<\h\w*\ze' . s:gap . '=/'
execute 'syntax match scmlCall /\<\h\w*\ze' . s:gap . '(/'
syntax match scmlStruct /\<struct\>\ze\_s\+\h/ nextgroup=scmlType skipwhite skipnl skipempty
syntax match scmlType /\h\w*/ contained
syntax region scmlParameters matchgroup=scmlMark start=/(/ end=/)/ contains=@scmlNamed
syntax match scmlMark /;/
syntax match scmlComma /,/ contained

" What may have a name, and what a value may be
syntax match scmlParameter /\h\w*/ contained
syntax match scmlRest /\.\./ contained
syntax region scmlValue matchgroup=scmlOperator start=/=/ end=/[,;)}\]]/me=e-1 contains=@scmlPattern
syntax match scmlConstant /\h\w*/ contained
syntax match scmlNull /\<NULL\>/ contained
syntax match scmlOr /|/ contained
syntax match scmlReference /<\_s*\h\w*\_s*>/ contained contains=scmlAngle,scmlReferenceName,scmlBuiltin
syntax match scmlReferenceName /\h\w*/ contained
syntax match scmlBuiltin /\<\%(INTEGER\|PATH\)\>/ contained
syntax match scmlAngle /[<>]/ contained
syntax region scmlFields matchgroup=scmlMark start=/{/ end=/}/ contained contains=@scmlNamed
syntax region scmlArray matchgroup=scmlMark start=/\[/ end=/\]/ contained contains=@scmlPattern,scmlComma

" Numbers; the longest form that fits comes last
syntax match scmlBadNumber /-\=\<\d\w*/ contained
syntax match scmlNumber /-\=\<\%(0\|[1-9]\d*\)\>/ contained
syntax match scmlNumber /-\=\<0[oO]\=\o\+\>/ contained
syntax match scmlNumber /-\=\<0[xX]\x\+\>/ contained

" Comments
syntax match scmlComment /\/\/.*$/ contains=@Spell
syntax match scmlDocumentation /\/\/!.*$/ contains=@Spell
syntax match scmlDocumentation /\/\/\/\/\@!.*$/ contains=@Spell
syntax region scmlBlockComment start=/\/\*/ end=/\*\// contains=@Spell

highlight default link scmlCall Function
highlight default link scmlStruct Structure
highlight default link scmlType Type
highlight default link scmlDefinition Macro
highlight default link scmlParameter Identifier
highlight default link scmlConstant Constant
highlight default link scmlNull Constant
highlight default link scmlNumber Number
highlight default link scmlReferenceName Macro
highlight default link scmlBuiltin Special
highlight default link scmlAngle Delimiter
highlight default link scmlMark Delimiter
highlight default link scmlComma Delimiter
highlight default link scmlOr Operator
highlight default link scmlOperator Operator
highlight default link scmlRest Operator
highlight default link scmlComment Comment
highlight default link scmlBlockComment Comment
highlight default link scmlDocumentation SpecialComment
highlight default link scmlBadNumber Error
highlight default link scmlError Error

unlet s:gap
let b:current_syntax = 'scml'
