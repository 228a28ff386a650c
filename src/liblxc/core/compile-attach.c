/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The order of an attach, and the environment of the program. */
#include "core/compile-attach.h"

#include <sched.h>
#include <string.h>

#include "isolate/caps.h"
#include "util/syscall.h"

#define DEFAULT_PATH "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

static size_t name_length(const char *variable)
{
	return strcspn(variable, "=");
}

/* Set a variable: the later one replaces the earlier. */
static int set_variable(char ***env, const char *variable)
{
	size_t n = name_length(variable);

	for (char **e = *env; e && *e; e++) {
		if (name_length(*e) != n || strncmp(*e, variable, n))
			continue;
		char *copy = strdup(variable);
		if (!copy)
			return -ENOMEM;
		free(*e);
		*e = copy;
		return 0;
	}
	return strv_add(env, variable);
}

static int set_all(char ***env, char *const *variables)
{
	int r = 0;

	for (; r == 0 && variables && *variables; variables++)
		r = set_variable(env, *variables);
	return r;
}

static int keep_some(char ***env, char *const *names)
{
	int r = set_variable(env, DEFAULT_PATH);

	for (; r == 0 && names && *names; names++) {
		const char *value = getenv(*names);
		_cleanup_buf_ struct buf variable = {};

		if (!value)
			continue;
		buf_printf(&variable, "%s=%s", *names, value);
		r = variable.failed ? -ENOMEM : set_variable(env, variable.data);
	}
	return r;
}

static char **environment(const struct attach_request *q)
{
	const lxc_attach_options_t *o = q->options;
	_cleanup_strv_ char **env = NULL;
	int r;

	if (o->env_policy == LXC_ATTACH_KEEP_ENV) {
		env = strv_copy(environ);
		r = env ? 0 : -ENOMEM;
	} else {
		r = keep_some(&env, o->extra_keep_env);
	}
	if (r == 0)
		r = set_variable(&env, "container=lxc");
	if (r == 0)
		r = set_all(&env, q->environment);
	if (r == 0)
		r = set_all(&env, o->extra_env_vars);
	return r < 0 ? NULL : steal_ptr(env);
}

/* --- operations --- */

static char *cgroup_path(const struct attach_target *t)
{
	const struct plan_header *h = t->plan.header;
	const char *inner = plan_text(&t->plan, h->inner);
	_cleanup_buf_ struct buf path = {};

	buf_str(&path, plan_text(&t->plan, h->cgroup));
	if (t->suffix)
		buf_printf(&path, "-%u", t->suffix);
	if (inner)
		buf_printf(&path, "/%s", inner);
	return buf_steal(&path);
}

static int add_cgroups(struct plan_builder *b, const struct attach_target *t)
{
	const struct plan_header *h = t->plan.header;
	const char *unified = plan_text(&t->plan, h->unified);
	const struct plan_hierarchy *v1 = plan_data(&t->plan, h->hierarchies);
	size_t n = v1 ? h->hierarchies.size / sizeof(*v1) : 0;
	_cleanup_free_ char *path = cgroup_path(t);
	_cleanup_strv_ char **tasks = NULL;
	struct op_cgroup_open o = {};
	int r = path ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < n; i++) {
		_cleanup_buf_ struct buf file = {};

		buf_printf(&file, "%s/%s/tasks", plan_text(&t->plan, v1[i].dir), path);
		r = strv_push(&tasks, buf_steal(&file));
	}
	if (r < 0)
		return r;
	if (unified)
		o.unified = plan_add_format(b, "%s/%s", unified, path);
	o.tasks = plan_add_strv(b, tasks);
	plan_add_op(b, OP_CGROUP_OPEN, &o, sizeof(o));
	return 0;
}

static void add_directory(struct plan_builder *b, const struct attach_request *q)
{
	_cleanup_free_ char *here = q->options->initial_cwd ? NULL : getcwd(NULL, 0);
	const char *wanted = q->options->initial_cwd ? q->options->initial_cwd : here;
	struct op_text o = { .text = plan_add_text(b, wanted ? wanted : "/"),
			     .option = 2 };

	plan_add_op(b, OP_DIRECTORY, &o, sizeof(o));
}

static struct plan_confine confinement(struct plan_builder *b,
				       const struct attach_request *q,
				       const struct attach_target *t)
{
	const lxc_attach_options_t *o = q->options;
	const struct plan_confine *own = plan_confinement(&t->plan);
	struct plan_confine c = *own;
	const void *filter = plan_data(&t->plan, own->seccomp);

	c.seccomp = filter ? plan_add_blob(b, filter, own->seccomp.size)
			   : (struct plan_blob){};
	if (!(o->attach_flags & LXC_ATTACH_DROP_CAPABILITIES)) {
		c.keep_caps = ~0ull;
		c.seccomp.size = 0;
	}
	if (o->attach_flags & LXC_ATTACH_NO_NEW_PRIVS)
		c.no_new_privs = 1;
	if (!(o->attach_flags & LXC_ATTACH_SET_PERSONALITY)) {
		c.set_personality = 0;
	} else if (o->personality != LXC_ATTACH_DETECT_PERSONALITY) {
		c.set_personality = 1;
		c.personality = o->personality;
	}
	return c;
}

static int add_program(struct plan_builder *b, const struct attach_request *q,
		       uint64_t keep_caps)
{
	_cleanup_strv_ char **env = environment(q);
	struct op_exec o = { .attached = 1, .keep_caps = keep_caps };

	if (!env)
		return -ENOMEM;
	o.envp = plan_add_strv(b, env);
	if (q->argv)
		o.argv = plan_add_strv(b, q->argv);
	plan_add_op(b, q->launch ? OP_CALL : q->argv ? OP_EXEC : OP_SHELL, &o, sizeof(o));
	return 0;
}

static void add_ids(struct plan_builder *b, const lxc_attach_options_t *o,
		    const struct plan_confine *own)
{
	struct op_ids ids = {
		.uid = o->uid == (uid_t)-1 ? own->root_uid : o->uid,
		.gid = o->gid == (gid_t)-1 ? own->root_gid : o->gid,
		.set_groups = !!(o->attach_flags & LXC_ATTACH_SETGROUPS),
	};
	ids.keep_groups = own->keep_groups && !ids.set_groups;

	ids.groups = plan_add_blob(b, o->groups.list, o->groups.size * sizeof(gid_t));
	plan_add_op(b, OP_IDS, &ids, sizeof(ids));
}

/* --- security label --- */

struct label {
	enum lsm_module module;
	char *text; /* NULL: the caller's own */
};

static int no_module(const char *label, struct lxc_error **err)
{
	(void)error_set_code(err, -EOPNOTSUPP, LXC_ERROR_UNSUPPORTED, "security label",
			     "%s", label);
	error_detail(err, "this kernel has no AppArmor and no SELinux");
	error_hint(err, "attach without LXC_ATTACH_LSM_LABEL (lxc-attach -c)");
	return -EOPNOTSUPP;
}

/* Whose number it was stays so while it runs, and that it still did is seen afterwards. */
static int label_of_init(const struct attach_target *t, struct label *ret,
			 struct lxc_error **err)
{
	int pid = wait_pid_of(t->init);
	int r = pid < 0 ? pid : lsm_label_of(ret->module, pid, &ret->text);

	if (r == 0)
		r = sys_pidfd_send_signal(t->init, 0);
	/* another user's process, which the kernel will not let us join either */
	if (r == -EPERM)
		r = 0;
	return r < 0 ? error_set(err, r, "read", "security label of the container's init")
		     : 0;
}

static int find_label(const struct attach_request *q, const struct attach_target *t,
		      struct label *ret, struct lxc_error **err)
{
	const lxc_attach_options_t *o = q->options;
	const char *wanted = o->attach_flags & LXC_ATTACH_LSM_LABEL ? o->lsm_label : NULL;

	ret->module = lsm_active();
	if (ret->module == LSM_COUNT)
		return wanted ? no_module(wanted, err) : 0;
	if (!wanted)
		return o->attach_flags & (LXC_ATTACH_LSM_EXEC | LXC_ATTACH_LSM_NOW)
			       ? label_of_init(t, ret, err)
			       : 0;
	int r = lsm_check(ret->module, wanted, err);
	if (r < 0)
		return r;
	ret->text = strdup(wanted);
	return ret->text ? 0 : error_set(err, -ENOMEM, "security label", "%s", wanted);
}

static int add_all(struct plan_builder *b, const struct attach_request *q,
		   const struct attach_target *t, const struct label *label)
{
	const lxc_attach_options_t *o = q->options;
	struct op_join join = {
		.flags = t->namespaces & ~CLONE_NEWCGROUP,
		.sched_core = t->plan.header->sched_core,
	};
	struct op_join enter = { .flags = t->namespaces & CLONE_NEWCGROUP };
	struct op_stdio stdio = { .mode = STDIO_KEEP };
	const struct plan_confine *own = plan_confinement(&t->plan);
	uint32_t uid = o->uid == (uid_t)-1 ? own->root_uid : o->uid;
	struct op nothing = {};
	int r = 0;

	if (o->attach_flags & LXC_ATTACH_MOVE_TO_CGROUP)
		r = add_cgroups(b, t);
	if (r < 0)
		return r;
	plan_add_op(b, OP_JOIN, &join, sizeof(join));
	plan_add_op(b, OP_CLONE_ATTACHED, &nothing, sizeof(nothing));
	plan_add_op(b, OP_ENTER, &enter, sizeof(enter));
	/* keys of the caller are not for the container */
	if (plan_confinement(&t->plan)->new_keyring)
		plan_add_op(b, OP_KEYRING, &nothing, sizeof(nothing));
	if (q->limits->data)
		plan_add_op(b, OP_AWAIT, &nothing, sizeof(nothing));
	if (o->attach_flags & LXC_ATTACH_REMOUNT_PROC_SYS &&
	    !(t->namespaces & CLONE_NEWNS))
		plan_add_op(b, OP_REMOUNT, &nothing, sizeof(nothing));
	if (o->attach_flags & LXC_ATTACH_TERMINAL)
		stdio = (struct op_stdio){ .mode = STDIO_TERMINAL, .session = 1 };
	plan_add_op(b, OP_STDIO, &stdio, sizeof(stdio));
	add_directory(b, q);
	struct plan_confine confine = confinement(b, q, t);
	/* without privileges left a filter needs no_new_privs, which is another's choice */
	bool early = uid && !confine.no_new_privs;
	compile_label(b, label->module, q->launch ? LSM_NOW : LSM_ON_EXEC, label->text);
	compile_confine(b, &confine, "lxc.seccomp.profile", early, false);
	add_ids(b, o, &confine);
	compile_confine(b, &confine, "lxc.seccomp.profile", early, true);
	return add_program(b, q, confine.keep_caps);
}

int compile_attach(const struct attach_request *q, const struct attach_target *t,
		   struct plan_record *ret, struct lxc_error **err)
{
	_cleanup_plan_builder_ struct plan_builder b;
	struct label label = {};
	int r;

	plan_builder_init(&b, PLAN_ATTACH);
	r = find_label(q, t, &label, err);
	if (r < 0)
		return r;
	b.header.name = plan_add_text(&b, q->name);
	b.header.lxcpath = plan_add_text(&b, q->lxcpath);
	r = add_all(&b, q, t, &label);
	free(label.text);
	if (r == 0)
		r = plan_finish(&b, &ret->data, &ret->size);
	return r < 0 ? error_set(err, r, "plan", "attach") : 0;
}
