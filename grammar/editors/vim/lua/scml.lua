-- For Neovim: require('scml').setup() starts `scmlc lsp` for SCML files, and for Markdown files if asked to.
--   require('scml').setup({ cmd = { 'scmlc', 'lsp' }, filetypes = { 'scml', 'markdown' } })
local M = {}

local function root(name)
  local found = vim.fs and vim.fs.find({ '.git' }, { path = vim.fs.dirname(name), upward = true })[1]
  return found and vim.fs.dirname(found) or vim.fn.fnamemodify(name, ':p:h')
end

local clients = {}

-- Neovim before 0.8 has no vim.lsp.start: one client for each root, kept here.
local function start(config)
  if vim.lsp.start then
    return vim.lsp.start(config)
  end
  local id = clients[config.root_dir]
  if not id or not vim.lsp.get_client_by_id(id) then
    id = vim.lsp.start_client(config)
    clients[config.root_dir] = id
  end
  if id then
    vim.lsp.buf_attach_client(0, id)
  end
  return id
end

function M.setup(options)
  options = vim.tbl_extend('keep', options or {}, { cmd = { 'scmlc', 'lsp' }, filetypes = { 'scml' } })
  local function attach()
    start(vim.tbl_extend('keep', { root_dir = root(vim.api.nvim_buf_get_name(0)) }, options, { name = 'scml' }))
  end
  vim.api.nvim_create_autocmd('FileType', {
    group = vim.api.nvim_create_augroup('scml', { clear = true }),
    pattern = options.filetypes,
    callback = attach,
  })
  if vim.tbl_contains(options.filetypes, vim.bo.filetype) then
    attach()
  end
end

return M
