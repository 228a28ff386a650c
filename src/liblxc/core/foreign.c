/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A plan for attaching, made of the answers of a monitor that has none of ours. */
#include "core/foreign.h"

#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/vfs.h>

#include "cgroup/layout.h"
#include "core/compile.h"
#include "core/start.h"
#include "isolate/caps.h"
#include "isolate/personality.h"
#include "isolate/seccomp.h"
#include "util/path.h"
#include "util/syscall.h"

struct foreign {
	const char *lxcpath, *name;
	const struct deadline *deadline;
	struct plan_builder b;
	pid_t pid;
	struct lxc_error **err;
};

static int ask(const struct foreign *f, int command, const void *data, size_t size,
	       struct command_result *ret)
{
	return command_ask(&(struct command_question){ .lxcpath = f->lxcpath,
						       .name = f->name,
						       .command = command,
						       .data = data,
						       .size = size,
						       .deadline = f->deadline },
			   ret);
}

static int ask_number(const struct foreign *f, int command, long *ret)
{
	_cleanup_command_ struct command_result answer = { .connection = NO_FD };
	int r = ask(f, command, NULL, 0, &answer);

	*ret = answer.value;
	return r;
}

/* The value of a key of the running configuration, or NULL when it has none. */
static char *config_item(const struct foreign *f, const char *key)
{
	_cleanup_command_ struct command_result answer = { .connection = NO_FD };
	int r = ask(f, COMMAND_GET_CONFIG_ITEM, key, strlen(key) + 1, &answer);

	return r < 0 ? NULL : steal_ptr(answer.data);
}

static bool item_is_on(const struct foreign *f, const char *key)
{
	_cleanup_free_ char *value = config_item(f, key);

	return value && !strcmp(value, "1");
}

/* --- init --- */

/* A monitor that knows no descriptor of init tells its number. */
static int open_init(struct foreign *f)
{
	_cleanup_command_ struct command_result answer = { .connection = NO_FD };
	long pid;
	int r = ask_number(f, COMMAND_GET_INIT_PID, &pid);

	if (r < 0)
		return r;
	f->pid = pid;
	r = ask(f, COMMAND_GET_INIT_PIDFD, NULL, 0, &answer);
	if (r == 0 && answer.n_fds == 1)
		return steal_fd(answer.fds[0]);
	return pid > 0 ? sys_pidfd_open(pid, 0) : -ESRCH;
}

/* --- cgroups --- */

/* A directory that processes of the container are in. */
static int add_cgroup(struct foreign *f, int fd, struct plan_hierarchy *v1, size_t *n)
{
	char link[32], path[4096];
	struct statfs fs;

	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	ssize_t size = readlink(link, path, sizeof(path) - 1);
	if (size < 0 || fstatfs(fd, &fs) < 0)
		return -errno;
	path[size] = '\0';
	if (fs.f_type == CGROUP2_SUPER_MAGIC)
		f->b.header.unified = plan_add_text(&f->b, path);
	else
		v1[(*n)++].dir = plan_add_text(&f->b, path);
	return 0;
}

/* By name, where the monitor hands out no descriptors. */
static int ask_names(struct foreign *f, struct plan_hierarchy *v1, size_t *n)
{
	_cleanup_cgroup_host_ struct cgroup_host host = {};
	int r = cgroup_host_open(&host, false, NULL, f->err);

	for (size_t i = 0; r == 0 && i < host.n_v1; i++) {
		_cleanup_command_ struct command_result answer = { .connection = NO_FD };
		const char *controllers = host.v1[i].controllers;
		_cleanup_free_ char *first =
			strndup(controllers, strcspn(controllers, ","));

		if (!first)
			return -ENOMEM;
		if (ask(f, COMMAND_GET_CGROUP, first, strlen(first) + 1, &answer) == 0 &&
		    answer.data)
			v1[(*n)++].dir = plan_add_format(&f->b, "%s/%s", host.v1[i].mount,
							 answer.data);
	}
	if (r == 0 && host.layout == CGROUP_UNIFIED) {
		_cleanup_command_ struct command_result answer = { .connection = NO_FD };

		r = ask(f, COMMAND_GET_CGROUP, NULL, 0, &answer);
		if (r == 0 && answer.data)
			f->b.header.unified = plan_add_format(
				&f->b, "%s/%s", host.unified.mount, answer.data);
	}
	return r;
}

static int add_cgroups(struct foreign *f)
{
	_cleanup_command_ struct command_result answer = { .connection = NO_FD };
	struct plan_hierarchy v1[MAX(COMMAND_FDS_MAX, CGROUP_HIERARCHIES_MAX)] = {};
	struct command_cgroups q = { .layout = CGROUP_UNKNOWN };
	size_t n = 0;

	memset(q.fds, 0xff, sizeof(q.fds));
	int r = ask(f, COMMAND_GET_CGROUPS, &q, sizeof(q), &answer);
	if (r == -ENOSYS || r == -ECONNRESET) {
		r = ask_names(f, v1, &n);
	} else {
		for (size_t i = 0; r == 0 && i < answer.n_fds; i++)
			r = add_cgroup(f, answer.fds[i], v1, &n);
	}
	/* the directories are the cgroups themselves */
	f->b.header.cgroup = plan_add_text(&f->b, ".");
	f->b.header.hierarchies = plan_add_blob(&f->b, v1, n * sizeof(*v1));
	return r;
}

/* --- confinement --- */

static int add_confinement(struct foreign *f)
{
	_cleanup_seccomp_program_ struct seccomp_program program = {};
	_cleanup_free_ char *profile = config_item(f, "lxc.seccomp.profile");
	_cleanup_free_ char *arch = config_item(f, "lxc.arch");
	struct plan_confine confine = {
		.no_new_privs = item_is_on(f, "lxc.no_new_privs"),
		.new_keyring = !item_is_on(f, "lxc.keyring.session"),
	};
	unsigned long personality = 0;
	int r = caps_bounding_of(f->pid, &confine.keep_caps);

	if (r < 0)
		return error_set(f->err, r, "capabilities", "of %s", f->name);
	if (arch && personality_parse(arch, &personality) == 0) {
		confine.set_personality = 1;
		confine.personality = personality;
	}
	if (profile &&
	    (!seccomp_is_confined() || item_is_on(f, "lxc.seccomp.allow_nesting"))) {
		r = seccomp_compile(profile, NULL, &program, f->err);
		if (r < 0)
			return r;
		confine.seccomp = plan_add_blob(&f->b, program.filter,
						program.n * sizeof(*program.filter));
	}
	f->b.header.masks = plan_add_blob(&f->b, &confine, sizeof(confine));
	return 0;
}

/* --- plan --- */

static int build(struct foreign *f, struct command_result *ret)
{
	_cleanup_plan_record_ struct plan_record record = {};
	_cleanup_close_ int init = open_init(f);
	long flags, state;
	int r = init < 0 ? init : ask_number(f, COMMAND_GET_CLONE_FLAGS, &flags);

	if (r == 0)
		r = ask_number(f, COMMAND_GET_STATE, &state);
	if (r == 0)
		r = add_cgroups(f);
	if (r == 0)
		r = add_confinement(f);
	if (r < 0)
		return r;
	f->b.header.name = plan_add_text(&f->b, f->name);
	f->b.header.lxcpath = plan_add_text(&f->b, f->lxcpath);
	f->b.header.clone_flags = flags;
	f->b.header.sched_core = item_is_on(f, "lxc.sched.core");
	r = plan_finish(&f->b, &record.data, &record.size);
	int plan_fd = r < 0 ? r : start_seal(&record);
	if (plan_fd < 0)
		return plan_fd;
	*ret = (struct command_result){
		.ret = state,
		.fds = { plan_fd, steal_fd(init) },
		.n_fds = 2,
		.connection = NO_FD,
	};
	return 0;
}

int foreign_get_plan(const char *lxcpath, const char *name, const struct deadline *d,
		     struct command_result *ret, struct lxc_error **err)
{
	struct foreign f = {
		.lxcpath = lxcpath,
		.name = name,
		.deadline = d,
		.err = err,
	};

	plan_builder_init(&f.b, PLAN_START);
	int r = build(&f, ret);
	plan_builder_done(&f.b);
	return r;
}
