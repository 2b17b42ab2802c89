-- What a person does in Neovim, step by step: mistakes are shown, hover, completion, rename and
-- formatting work, through Neovim's own client.
local function fail(text)
	io.stderr:write(text .. "\n")
	vim.cmd("cquit 1")
end

local function check(holds, text)
	if not holds then
		fail(text)
	end
end

local function wait_for(what, condition)
	check(vim.wait(20000, condition, 20), "waited in vain for " .. what)
end

local function text()
	return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), "\n")
end

local function run()
	local client = vim.lsp.start_client({ name = "scml", cmd = { vim.env.SCMLC, "lsp", "--arch", "x86_64" } })
	check(client, "the server does not start")
	vim.lsp.buf_attach_client(0, client)
	wait_for("diagnostics", function()
		return #vim.diagnostic.get(0) > 0
	end)
	local found = vim.diagnostic.get(0)
	check(#found == 1, "one mistake is shown, not " .. #found)
	check(found[1].message:find("did you mean 'AF_INET'", 1, true), found[1].message)
	check(found[1].lnum == 1 and found[1].col == 16, "the mistake is at another place")

	-- the quick fix
	local params = vim.lsp.util.make_given_range_params({ 2, 16 }, { 2, 20 })
	params.context = { diagnostics = {} }
	local answer = vim.lsp.buf_request_sync(0, "textDocument/codeAction", params, 20000)
	vim.lsp.util.apply_workspace_edit(answer[client].result[1].edit, "utf-16")
	check(text():find("family = AF_INET,", 1, true), "the fix was not applied: " .. text())
	wait_for("the mistake to go", function()
		return #vim.diagnostic.get(0) == 0
	end)

	-- hover
	vim.api.nvim_win_set_cursor(0, { 2, 2 })
	answer = vim.lsp.buf_request_sync(0, "textDocument/hover", vim.lsp.util.make_position_params(), 20000)
	check(answer[client].result.contents.value:find("A seccomp filter can decide it", 1, true), "hover says something else")

	-- completion, through omnifunc as the editor calls it
	vim.api.nvim_buf_set_lines(0, 2, 3, false, { "socket(family = AF_UN" })
	vim.api.nvim_win_set_cursor(0, { 3, 20 })
	local position = vim.lsp.util.make_position_params()
	position.position.character = 21
	answer = vim.lsp.buf_request_sync(0, "textDocument/completion", position, 20000)
	local items = vim.lsp.util.extract_completion_items(answer[client].result)
	local labels = vim.tbl_map(function(item)
		return item.label
	end, items)
	check(vim.tbl_contains(labels, "AF_UNIX"), "AF_UNIX is not offered: " .. vim.inspect(labels))
	vim.api.nvim_buf_set_lines(0, 2, 3, false, {})

	-- rename
	vim.api.nvim_win_set_cursor(0, { 1, 1 })
	vim.lsp.buf.rename("more_flags")
	wait_for("the rename", function()
		return text():find("^more_flags = ") and text():find("<more_flags>", 1, true)
	end)

	-- formatting
	vim.lsp.buf_request(0, "textDocument/formatting", vim.lsp.util.make_formatting_params({ tabSize = 4 }))
	wait_for("the layout", function()
		return text():find("<more_flags>, protocol", 1, true)
	end)

	-- the server ends when it is told to
	vim.lsp.stop_client(client)
	wait_for("the end of the server", function()
		return vim.lsp.client_is_stopped(client)
	end)
end

local ok, message = xpcall(run, debug.traceback)
if not ok then
	fail(message)
end
vim.cmd("qall!")
