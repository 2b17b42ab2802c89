" Vim compiler file
" Compiler: scmlc, of the SCML toolchain

if exists('current_compiler')
  finish
endif
let current_compiler = 'scmlc'

CompilerSet makeprg=scmlc\ lint\ %:S
CompilerSet errorformat=%f:%l:%c:\ %trror:\ %m,%f:%l:%c:\ %tarning:\ %m,%f:%l:%c:\ %tote:\ %m,%-G%.%#
