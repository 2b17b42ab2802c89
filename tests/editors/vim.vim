" vim.vim: run by editors' tests with $FILES, $TOKENS and $OUT: each token of the compiler's scanner has the
" syntax group that its class asks for; what is wrong goes to $OUT.
let s:groups = {
      \ 'call': 'scmlCall', 'struct': 'scmlStruct', 'type': 'scmlType', 'definition': 'scmlDefinition',
      \ 'parameter': 'scmlParameter', 'constant': 'scmlConstant', 'null': 'scmlNull', 'number': 'scmlNumber',
      \ 'reference': 'scmlReferenceName', 'builtin': 'scmlBuiltin', 'angle': 'scmlAngle',
      \ 'mark': 'scml\%(Mark\|Comma\)', 'operator': 'scml\%(Operator\|Or\|Rest\)',
      \ 'doc': 'scmlDocumentation', 'comment': 'scml\%(Block\)\=Comment'}
let s:wrong = []
let s:count = 0

function s:Check(file)
  execute 'edit' fnameescape(a:file)
  if &filetype !=# 'scml' || b:current_syntax !=# 'scml'
    call add(s:wrong, a:file . ': is not taken for SCML')
  endif
  for row in systemlist(shellescape($TOKENS) . ' ' . shellescape(a:file))
    let [line, column, length, kind, text] = split(row, "\t", 1)[0:4]
    let s:count += 1
    for at in [column, column + min([length, strlen(text)]) - 1]
      let group = synIDattr(synID(line, at, 1), 'name')
      if group !~# '^' . s:groups[kind] . '$'
        call add(s:wrong, printf("%s:%d:%d: '%s' is a %s, and its group is '%s'", a:file, line, at, text, kind, group))
        break
      endif
    endfor
  endfor
  for line in range(1, line('$'))
    for column in range(1, col([line, '$']) - 1)
      if synIDattr(synID(line, column, 1), 'name') =~# 'Error\|Bad'
        call add(s:wrong, printf('%s:%d:%d: is shown as an error', a:file, line, column))
        break
      endif
    endfor
  endfor
endfunction

function s:CheckMistakes()
  for text in ['read(fd @);', 'a = 0x1G;', 'a = 08;']
    enew!
    setfiletype scml
    call setline(1, text)
    if empty(filter(range(1, strlen(text)), {_, at -> synIDattr(synID(1, at, 1), 'name') =~# 'Error\|Bad'}))
      call add(s:wrong, "'" . text . "' is not shown as wrong")
    endif
  endfor
endfunction

" Every file indented anew is as it was.
function s:CheckIndent(file)
  execute 'edit!' fnameescape(a:file)
  let before = getline(1, '$')
  silent normal! gg=G
  for at in range(len(before))
    if before[at] !=# getline(at + 1)
      call add(s:wrong, printf('%s:%d: is indented to "%s"', a:file, at + 1, getline(at + 1)))
      break
    endif
  endfor
endfunction

" The messages of scmlc, as Vim reads them by itself and with :compiler scmlc.
function s:CheckMessages()
  call writefile(['socket(family = AF_INTE, ..);', 'read(fd, buf);'], 'wrong.scml')
  for mode in ['default', 'compiler']
    enew!
    if mode ==# 'compiler'
      edit wrong.scml
      silent make!
    else
      set errorformat&
      cgetexpr system('scmlc lint wrong.scml')
    endif
    let found = map(filter(getqflist(), 'v:val.valid && v:val.bufnr'), {_, one -> printf('%s:%d:%d', bufname(one.bufnr), one.lnum, one.col)})
    if mode ==# 'default'
      call uniq(sort(found))
    endif
    if found !=# ['wrong.scml:1:17', 'wrong.scml:2:1']
      call add(s:wrong, mode . ' errorformat reads ' . string(found))
    endif
  endfor
endfunction

set noswapfile nomore
filetype plugin indent on
syntax on
try
  for s:file in split($FILES, "\n")
    call s:Check(s:file)
  endfor
  call s:CheckMistakes()
  call s:CheckIndent($INDENT)
  call s:CheckMessages()
catch
  call add(s:wrong, v:exception . ' at ' . v:throwpoint)
endtry
call writefile(s:wrong + [s:count . ' tokens'], $OUT)
qall!
