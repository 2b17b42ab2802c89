autocmd BufRead,BufNewFile *.scml setfiletype scml
