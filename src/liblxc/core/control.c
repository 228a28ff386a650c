/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a caller does to a running container through its command socket. */
#include "core/control.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>

#include "cgroup/devices.h"
#include "cgroup/dir.h"
#include "cgroup/layout.h"
#include "core/command.h"
#include "util/buf.h"
#include "util/file.h"
#include "util/macro.h"

#define ANSWER_S 2
#define FREEZE_STEP_MS 10 /* version 1 does not tell when it is done */

int control_failed(const struct control *c, int r, struct lxc_error **err)
{
	error_set(err, r, "container", "%s", c->name);
	if (r == -ECONNREFUSED) {
		error_detail(err, "not running");
		error_hint(err, "start it first: lxc-start -P %s -n %s", c->lxcpath,
			   c->name);
	} else if (r == -EPERM) {
		error_hint(err, "only root and the user who started it may command it");
	}
	return r;
}

static int ask(const struct control *c, int command, const void *data, size_t size,
	       struct command_result *ret)
{
	return command_ask(&(struct command_question){ .lxcpath = c->lxcpath,
						       .name = c->name,
						       .command = command,
						       .data = data,
						       .size = size,
						       .deadline = c->deadline },
			   ret);
}

/* A question whose argument and answer are numbers. */
static int ask_number(const struct control *c, int command, long number)
{
	_cleanup_command_ struct command_result answer = { .connection = NO_FD };

	return ask(c, command, (void *)(intptr_t)number, 0, &answer);
}

/* --- cgroups --- */

/* A monitor that is too old to hand out descriptors tells the name; we look for the mount. */
static int open_by_name(const struct control *c, const char *controller,
			bool *ret_unified)
{
	_cleanup_command_ struct command_result answer = { .connection = NO_FD };
	_cleanup_cgroup_host_ struct cgroup_host host = {};
	_cleanup_buf_ struct buf path = {};
	int r = ask(c, COMMAND_GET_LIMIT_CGROUP, controller, strlen(controller) + 1,
		    &answer);

	if (r == 0)
		r = cgroup_host_open(&host, false, NULL, NULL);
	if (r < 0)
		return r;
	const struct cgroup_hierarchy *h = host.unified.mount ? &host.unified : NULL;
	for (size_t i = 0; i < host.n_v1; i++)
		if (cgroup_has_controller(host.v1[i].controllers, controller))
			h = &host.v1[i];
	if (!h || !answer.data)
		return -ENOENT;
	buf_printf(&path, "%s/%s", h->mount, answer.data);
	if (path.failed)
		return -ENOMEM;
	*ret_unified = h == &host.unified;
	int fd = open(path.data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int control_open_cgroup(const struct control *c, const char *controller,
			bool *ret_unified)
{
	_cleanup_command_ struct command_result answer = { .connection = NO_FD };
	struct command_cgroup q = { .fd = NO_FD };

	if (strlen(controller) >= sizeof(q.controller))
		return -ENOENT;
	memcpy(q.controller, controller, strlen(controller));
	int r = ask(c, COMMAND_GET_LIMIT_CGROUP_FD, &q, sizeof(q), &answer);
	if (r == -ENOSYS || r == -ECONNRESET)
		return open_by_name(c, controller, ret_unified);
	if (r < 0)
		return r;
	if (answer.n_fds != 1 || answer.size < sizeof(q))
		return -EBADMSG;
	memcpy(&q, answer.data, sizeof(q));
	*ret_unified = q.type == CGROUP2_SUPER_MAGIC;
	return steal_fd(answer.fds[0]);
}

/* --- freezing --- */

/* The historical monitor has to be told what others do. */
static void tell_state(const struct control *c, enum container_state state)
{
	(void)ask_number(c, COMMAND_SERVE_STATE_CLIENTS, state);
}

static int wait_frozen(int dir, const char *wanted, const struct deadline *end)
{
	for (;;) {
		_cleanup_free_ char *state = NULL;
		struct deadline step = deadline_in(FREEZE_STEP_MS);
		int r = file_read(dir, "freezer.state", &state, NULL);

		if (r < 0)
			return r;
		if (!strncmp(state, wanted, strlen(wanted)))
			return 0;
		if (deadline_left(end) == 0)
			return -ETIMEDOUT;
		(void)wait_fds(NULL, 0, &step);
	}
}

/* Its monitor freezes only in the unified hierarchy. */
static int freeze_by_v1(const struct control *c, bool freeze, const struct deadline *end)
{
	const char *wanted = freeze ? "FROZEN" : "THAWED";
	bool unified;
	_cleanup_close_ int dir = control_open_cgroup(c, "freezer", &unified);

	if (dir < 0 || unified)
		return dir < 0 ? dir : -EOPNOTSUPP;
	if (freeze)
		tell_state(c, STATE_FREEZING);
	int r = cgroup_write(dir, "freezer.state", wanted);
	if (r == 0)
		r = wait_frozen(dir, wanted, end);
	if (r == 0)
		tell_state(c, freeze ? STATE_FROZEN : STATE_THAWED);
	else if (freeze)
		(void)cgroup_write(dir, "freezer.state", "THAWED");
	if (!freeze || r < 0)
		tell_state(c, STATE_RUNNING);
	return r;
}

/* The historical monitor freezes, but leaves it to its clients to say so. */
static void make_known(const struct control *c, bool freeze)
{
	int state = command_state(c->lxcpath, c->name, c->deadline);

	if (freeze && state == STATE_RUNNING) {
		tell_state(c, STATE_FREEZING);
		tell_state(c, STATE_FROZEN);
	} else if (!freeze && state == STATE_FROZEN) {
		tell_state(c, STATE_THAWED);
		tell_state(c, STATE_RUNNING);
	}
}

int control_freeze(const struct control *c, bool freeze, int timeout,
		   struct lxc_error **err)
{
	struct deadline end = deadline_in(timeout < 0 ? -1 : (int64_t)timeout * 1000);
	/* its monitor gives up first */
	struct deadline answer =
		deadline_in(timeout < 0 ? -1 : ((int64_t)timeout + ANSWER_S) * 1000);
	struct control patient = { c->lxcpath, c->name, &answer };
	int state = command_state(c->lxcpath, c->name, c->deadline);
	const char *verb = freeze ? "freeze" : "thaw";

	if (state == STATE_STOPPED)
		return control_failed(c, -ECONNREFUSED, err);
	if (state < 0)
		return control_failed(c, state, err);
	if (freeze ? state == STATE_FROZEN
		   : state != STATE_FROZEN && state != STATE_FREEZING)
		return 0;
	int r = ask_number(&patient, freeze ? COMMAND_FREEZE : COMMAND_UNFREEZE, timeout);
	if (r == -ENOENT || r == -ENOSYS || r == -EINVAL)
		r = freeze_by_v1(c, freeze, &end);
	else if (r == 0)
		make_known(c, freeze);
	if (r == 0)
		return 0;
	error_set(err, r, verb, "%s", c->name);
	if (r == -ETIMEDOUT) {
		error_detail(err, "some of its processes did not follow within %d s",
			     timeout);
		error_hint(err, "they wait for the kernel: see ps -eo pid,state,wchan:32,"
				"cmd for state D; try again later");
	} else if (r == -ENOENT || r == -EOPNOTSUPP) {
		error_hint(err, "this machine has neither cgroup.freeze nor the freezer "
				"controller: see lxc-checkconfig");
	}
	return r;
}

/* --- devices --- */

int control_add_device(const struct control *c, bool allow, const char *rule,
		       struct lxc_error **err)
{
	static const struct {
		unsigned int bit;
		char letter;
	} letters[] = { { DEVICE_READ, 'r' },
			{ DEVICE_WRITE, 'w' },
			{ DEVICE_MKNOD, 'm' } };
	_cleanup_command_ struct command_result answer = { .connection = NO_FD };
	struct device_rule parsed;
	char *to;
	int r = devices_parse(allow, rule, &parsed, err);

	if (r < 0)
		return r;
	struct command_device_rule q = {
		.type = parsed.type,
		.major = parsed.major,
		.minor = parsed.minor,
		.allow = allow,
	};
	to = q.access;
	for (size_t i = 0; i < ARRAY_SIZE(letters); i++)
		if (parsed.access & letters[i].bit)
			*to++ = letters[i].letter;
	r = ask(c, COMMAND_ADD_DEVICE_RULE, &q, sizeof(q), &answer);
	return r < 0 ? control_failed(c, r, err) : 0;
}
