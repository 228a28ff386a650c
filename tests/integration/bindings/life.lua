-- SPDX-License-Identifier: LGPL-2.1-or-later
-- A container's life through lua-lxc: life.lua NAME LXCPATH TEMPLATE.  Speaks TAP.
local lxc = require("lxc")
local name, path, template = arg[1], arg[2], arg[3]
local count, failed = 0, false

local function check(what, got, expected)
	if expected == nil then expected = true end
	count = count + 1
	if got ~= expected then
		failed = true
		print("# got: " .. tostring(got) .. ", expected: " .. tostring(expected))
	end
	print((got == expected and "ok " or "not ok ") .. count .. " - " .. what)
end

local c = lxc.container:new(name, path)
check("create", c:create(template))
check("it is defined", c:defined())
check("start", c:start())
check("wait", c:wait("RUNNING", 10))
check("the state", c:state(), "RUNNING")
check("its init", c:init_pid() > 0)
check("an item", c:get_config_item("lxc.uts.name"), name)
check("a command", c:attach("/bin/true"))
check("stop", c:stop())
check("it has stopped", c:state(), "STOPPED")
check("destroy", c:destroy())
print("1.." .. count)
os.exit(failed and 1 or 0)
