-- Neovim as its users have it: the files of grammar/editors/vim, and require('scml').setup() in their
-- configuration. Opening a file starts the server; a second file of the same folder shares it.
local function check(holds, text)
	if not holds then
		io.stderr:write(text .. "\n")
		vim.cmd("cquit 1")
	end
end

local function wait_for(what, condition)
	check(vim.wait(20000, condition, 20), "waited in vain for " .. what)
end

local function clients()
	return vim.lsp.get_active_clients()
end

local function run()
	require("scml").setup()
	check(#clients() == 0, "the server runs before a file is open")
	vim.cmd("edit wrong.scml")
	check(vim.bo.filetype == "scml", "the file type is " .. vim.bo.filetype)
	wait_for("diagnostics", function()
		return #vim.diagnostic.get(0) > 0
	end)
	check(vim.diagnostic.get(0)[1].message:find("did you mean 'AF_INET'", 1, true), vim.diagnostic.get(0)[1].message)
	vim.cmd("edit page.md")
	check(vim.bo.filetype == "markdown", "the file type is " .. vim.bo.filetype)
	check(#vim.lsp.buf_get_clients(0) == 0, "a page of Markdown has the server unasked")
	vim.cmd("edit other.scml")
	wait_for("the server of the second file", function()
		return #vim.tbl_keys(vim.lsp.buf_get_clients(0)) == 1
	end)
	check(#clients() == 1, "two files of a folder have " .. #clients() .. " servers")

	-- asked for Markdown too
	require("scml").setup({ filetypes = { "scml", "markdown" } })
	vim.cmd("edit! second.md")
	wait_for("diagnostics of the page", function()
		return #vim.diagnostic.get(0) > 0
	end)
	check(vim.diagnostic.get(0)[1].lnum == 3, "the mistake is at another line of the page")
end

local ok, problem = pcall(run)
check(ok, tostring(problem))
vim.cmd("qall!")
