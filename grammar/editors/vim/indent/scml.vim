" Vim indent file
" Language: SCML, the System Call Matching Language

if exists('b:did_indent')
  finish
endif
let b:did_indent = 1

setlocal indentexpr=ScmlIndent(v:lnum) indentkeys=0),0},0],!^F,o,O nolisp noautoindent
let b:undo_indent = 'setlocal indentexpr< indentkeys< lisp< autoindent<'

if exists('*ScmlIndent')
  finish
endif

function s:Code(lnum)
  return substitute(getline(a:lnum), '//.*\|/\*.\{-}\*/', '', 'g')
endfunction

" Brackets that line LNUM opens and does not close; closers that it begins with do not count.
function s:Opened(lnum)
  let text = substitute(s:Code(a:lnum), '^\s*[])}]\+', '', '')
  return len(substitute(text, '[^[({]', '', 'g')) - len(substitute(text, '[^])}]', '', 'g'))
endfunction

function ScmlIndent(lnum)
  let above = prevnonblank(a:lnum - 1)
  if above == 0
    return 0
  endif
  " A pattern goes on below its first part.
  if s:Code(above) =~# '|\s*$'
    return s:Code(above) =~# '=' ? match(s:Code(above), '=\s*\zs[^=]*$') : indent(above)
  endif
  let opened = s:Opened(above)
  let first = above
  while first > 1 && s:Code(prevnonblank(first - 1)) =~# '|\s*$'
    let first = prevnonblank(first - 1)
    let opened += s:Opened(first)
  endwhile
  let depth = indent(first) + (opened > 0 ? shiftwidth() : opened < 0 ? -shiftwidth() : 0)
  if getline(a:lnum) =~# '^\s*[])}]'
    let depth -= shiftwidth()
  endif
  return max([depth, 0])
endfunction
