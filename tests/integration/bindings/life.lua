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

-- a configuration that asks for ids, saved first and completed later
local function map(of)
	return table.concat(of:get_config_item("lxc.idmap"), ",")
end
c = lxc.container:new(name, path)
c:set_config_item("lxc.idmap", "auto")
check("auto is what was set", c:get_config_item("lxc.idmap"), "auto")
check("it is saved", c:save_config())
check("a template that fails", c:create("/bin/false"), false)
c = lxc.container:new(name, path)
local ids = map(c)
check("leaves the ids that were chosen", ids:match("^u 0 %d+ 65536") ~= nil)
check("the next attempt", c:create(template))
check("keeps them", map(c), ids)
local owner = io.popen("stat -c %u '" .. path .. "/" .. name .. "/rootfs/etc'")
check("the files have them", owner:read("*n"), tonumber(ids:match("^u 0 (%d+)")))
check("destroy", c:destroy())
print("1.." .. count)
os.exit(failed and 1 or 0)
