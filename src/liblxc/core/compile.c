/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The order of a start.  The operations of both sides stand in one list, as --explain shows
 * them; see op-process.c for how the two run beside each other.
 */
#include "core/compile.h"

#include <linux/capability.h>
#include <sched.h>
#include <string.h>

#include "conf/global.h"
#include "isolate/caps.h"
#include "util/log.h"
#include "util/path.h"

void plan_record_done(struct plan_record *r)
{
	free(r->data);
	*r = (struct plan_record){};
}

/* --- facts --- */

static bool only_type(const struct nic *nics, enum nic_type type)
{
	for (const struct nic *nic = nics; nic; nic = nic->next)
		if (nic->type != type)
			return false;
	return nics;
}

static int shared_namespaces(const struct conf *conf)
{
	int flags = 0;

	for (int i = 0; i < NS_COUNT; i++)
		if (conf->ns_share[i])
			flags |= ns_names[i].flag;
	return flags;
}

static int namespaces(const struct conf *conf)
{
	int all = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC |
		  CLONE_NEWNET | CLONE_NEWCGROUP;
	if (conf->n_idmap)
		all |= CLONE_NEWUSER;
	int flags = conf->ns_clone ? conf->ns_clone : all & ~conf->ns_keep;

	if (!conf->ns_clone && conf_has_time_offset(conf))
		flags |= ns_names[NS_TIME].flag;
	if (!conf->ns_clone && only_type(conf->nics, NIC_NONE))
		flags &= ~CLONE_NEWNET;
	return flags & ~shared_namespaces(conf);
}

static int keep_caps(struct compile *c)
{
	const struct conf *conf = c->conf;
	uint64_t named = 0;
	_cleanup_strv_ char **names = NULL;

	/* with those that the kernel does not have: nobody needs to ask how many there are */
	c->keep_caps = UINT64_MAX;
	if (conf->caps_mode == CAPS_UNSET)
		return 0;
	for (char **n = conf->caps; n && *n; n++)
		if (strcmp(*n, "none") && strv_add(&names, *n) < 0)
			return error_set(c->err, -ENOMEM, "plan", "capabilities");
	int r = caps_parse(names, &named, c->err);
	if (r < 0)
		return error_wrap(c->err, r, "config",
				  conf->caps_mode == CAPS_KEEP ? "lxc.cap.keep"
							       : "lxc.cap.drop");
	c->keep_caps &= conf->caps_mode == CAPS_KEEP ? named : ~named;
	return 0;
}

/* --- the configuration, for those who ask the monitor --- */

static void add_item(const struct conf *conf, const char *key, struct buf *items)
{
	_cleanup_buf_ struct buf value = {};

	if (conf_get(conf, key, &value) < 0 || !value.size)
		return;
	buf_add(items, key, strlen(key) + 1);
	buf_add(items, value.data, value.size + 1);
}

static void add_items(const struct conf *conf, const char *keys, const char *prefix,
		      struct buf *items)
{
	_cleanup_strv_ char **list = strv_split(keys, "\n");

	for (char **k = list; k && *k; k++) {
		_cleanup_buf_ struct buf key = {};

		buf_printf(&key, "%s%s", prefix, *k);
		if (key.data)
			add_item(conf, key.data, items);
	}
}

static void add_pairs(const struct conf *conf, const char *prefix,
		      const struct conf_pairs *pairs, struct buf *items)
{
	for (size_t i = 0; i < pairs->n; i++)
		add_items(conf, pairs->list[i].name, prefix, items);
}

static int compile_items(struct compile *c)
{
	const struct conf *conf = c->conf;
	_cleanup_buf_ struct buf keys = {}, items = {};

	if (conf_list_keys(NULL, NULL, &keys) == 0 && keys.data)
		add_items(conf, keys.data, "", &items);
	add_pairs(conf, "lxc.cgroup.", &conf->cgroup1, &items);
	add_pairs(conf, "lxc.cgroup2.", &conf->cgroup2, &items);
	add_pairs(conf, "lxc.prlimit.", &conf->prlimits, &items);
	add_pairs(conf, "lxc.sysctl.", &conf->sysctls, &items);
	add_pairs(conf, "lxc.proc.", &conf->procs, &items);
	for (const struct nic *nic = conf->nics; nic; nic = nic->next) {
		_cleanup_buf_ struct buf prefix = {}, sub = {};

		buf_printf(&prefix, "lxc.net.%u", nic->index);
		if (prefix.data && conf_list_keys(conf, prefix.data, &sub) == 0 &&
		    sub.data) {
			buf_char(&prefix, '.');
			add_items(conf, sub.data, prefix.data, &items);
		}
	}
	c->b.header.items =
		plan_add_blob(&c->b, items.data ? items.data : "", items.size);
	return buf_status(&items) < 0 ? error_set(c->err, -ENOMEM, "plan", "items") : 0;
}

/* --- confinement and program --- */

void compile_confine(struct plan_builder *b, const struct plan_confine *confine,
		     const char *profile, bool early, bool late_seccomp)
{
	struct op_seccomp filter = {
		.filter = confine->seccomp,
		.profile = plan_add_text(b, profile),
	};
	struct op_value caps = { .value = confine->keep_caps };
	struct op_value personality = { .value = confine->personality };
	struct op nothing = {};

	if (!late_seccomp) {
		if (confine->set_personality)
			plan_add_op(b, OP_PERSONALITY, &personality, sizeof(personality));
		plan_add_op(b, OP_CAPABILITIES, &caps, sizeof(caps));
		if (confine->no_new_privs)
			plan_add_op(b, OP_NO_NEW_PRIVS, &nothing, sizeof(nothing));
	}
	if (confine->seccomp.size && early != late_seccomp)
		plan_add_op(b, OP_SECCOMP, &filter, sizeof(filter));
}

/* The terminals that the container's init may offer logins on, relative to /dev. */
static char *container_ttys(const struct compile *c)
{
	_cleanup_buf_ struct buf out = {};
	unsigned int first = c->own_console ? 1 : 0;

	buf_str(&out, "container_ttys=");
	for (unsigned int i = 0; i < c->conf->tty_max; i++)
		buf_printf(&out, "%spts/%u", i ? " " : "", first + i);
	return buf_steal(&out);
}

static int compile_environment(struct compile *c, struct plan_blob *ret)
{
	_cleanup_strv_ char **env = strv_copy(c->conf->environment);
	int r = env ? 0 : -ENOMEM;

	for (char **e = c->conf->environment_runtime; r == 0 && e && *e; e++)
		r = strv_add(&env, *e);
	if (r == 0)
		r = strv_add(&env, "container=lxc");
	if (r == 0 && c->own_pts && c->conf->tty_max)
		r = strv_push(&env, container_ttys(c));
	if (r < 0)
		return error_set(c->err, r, "plan", "environment");
	*ret = plan_add_strv(&c->b, env);
	return 0;
}

static char **program(const struct compile *c)
{
	const struct conf *conf = c->conf;
	bool application = c->request->application;

	if (c->request->argv)
		return strv_copy(c->request->argv);
	if (application && conf->execute_cmd)
		return strv_split_command(conf->execute_cmd);
	if (conf->init_cmd)
		return strv_split_command(conf->init_cmd);
	return application ? NULL : strv_split("/sbin/init", " ");
}

static int no_program(struct compile *c)
{
	error_set(c->err, -EINVAL, "config",
		  c->request->application ? "lxc.execute.cmd" : "lxc.init.cmd");
	error_detail(c->err, "there is no program to execute");
	error_hint(c->err, "name one on the command line, or set the key");
	return -EINVAL;
}

static enum stdio_mode stdio_mode(const struct compile *c)
{
	bool foreground = c->request->foreground;

	if (!c->has_console)
		return foreground ? STDIO_KEEP : STDIO_NULL;
	return foreground && c->request->application ? STDIO_MIXED : STDIO_CONSOLE;
}

/* --- the order --- */

static void add_clone(struct compile *c)
{
	struct op_clone o = {
		.flags = c->flags,
		.pdeath = c->conf->signal_pdeath,
		.dumpable = c->user && !c->mapper.privileged,
	};

	c->b.header.clone_flags = c->inside;
	COMPILE_OP(c, OP_CLONE, o);
}

static void add_bare(struct compile *c, enum op_number kind)
{
	struct op o = {};

	COMPILE_OP(c, kind, o);
}

/* What the monitor does before it lets the child into its cgroups. */
static int compile_host_side(struct compile *c)
{
	int (*const parts[])(struct compile *) = {
		compile_cgroup_v1_late,
		compile_cgroup_limits,
		compile_cgroup_owner,
		compile_host_links,
	};

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		int r = parts[i](c);

		if (r < 0)
			return r;
	}
	return 0;
}

/* Only now, because the set-up itself is not to be limited, and makes devices. */
static int compile_last_limits(struct compile *c)
{
	int r = compile_prlimits(c);

	if (r == 0)
		r = compile_proc_files(c);
	return r == 0 ? compile_cgroup_devices(c) : r;
}

/* The child waits until the monitor has done what comes in between. */
static void begin_meeting(struct compile *c, bool first)
{
	struct op o = { .flags = first ? 0 : OP_LATER };

	COMPILE_OP(c, OP_HAND_OVER, o);
	COMPILE_OP(c, OP_PREPARED, o);
}

static void end_meeting(struct compile *c, bool first)
{
	struct op o = { .flags = first ? 0 : OP_LATER };

	COMPILE_OP(c, OP_RELEASE, o);
}

/* Hooks that see every mount, those of cgroups, too, and a /dev without devices. */
static int compile_late_dev(struct compile *c)
{
	int r = compile_hooks(c, HOOK_MOUNT);

	if (r == 0 && c->conf->autodev && c->conf->rootfs_path)
		r = compile_hooks(c, HOOK_AUTODEV);
	if (r == 0)
		r = compile_dev(c);
	begin_meeting(c, false);
	if (r == 0)
		r = compile_last_limits(c);
	end_meeting(c, false);
	return r;
}

/* Hooks that see the container as init will, and those that will need what it leaves. */
static int compile_last_meeting(struct compile *c)
{
	struct op_join namespaces = { .flags = c->inside };
	bool stop = compile_has_hook(c, HOOK_STOP) || compile_has_hook(c, HOOK_POST_STOP);
	int r = 0;

	if (!stop && !compile_has_hook(c, HOOK_START_HOST))
		return 0;
	begin_meeting(c, false);
	if (stop)
		COMPILE_OP(c, OP_NAMESPACES, namespaces);
	r = compile_hooks(c, HOOK_START_HOST);
	end_meeting(c, false);
	return r;
}

static int compile_program(struct compile *c, const struct plan_confine *confine)
{
	const struct conf *conf = c->conf;
	_cleanup_strv_ char **argv = program(c);
	struct op_stdio stdio = { .mode = stdio_mode(c), .session = 1 };
	struct op_text directory = { .option = 1 };
	struct op_ids ids = {
		.uid = conf->init_uid,
		.gid = conf->init_gid,
		.set_groups = conf->n_init_groups > 0,
		.keep_groups = confine->keep_groups && !conf->n_init_groups,
	};
	struct op_exec exec = { .keep_caps = confine->keep_caps };
	/*
	 * Without privileges left a filter needs no_new_privs, which is another's choice; start
	 * hooks are root's, and confined.
	 */
	bool early = compile_has_hook(c, HOOK_START) ||
		     (ids.uid && !confine->no_new_privs);

	const char *policy = conf->seccomp_profile ? conf->seccomp_profile
						   : "lxc.seccomp.intercept";

	if (!argv || !*argv)
		return no_program(c);
	COMPILE_OP(c, OP_STDIO, stdio);
	compile_labels(c);
	compile_confine(&c->b, confine, policy, early, false);
	int r = compile_hooks(c, HOOK_START);
	if (conf->init_cwd) {
		directory.text = plan_add_text(&c->b, conf->init_cwd);
		COMPILE_OP(c, OP_DIRECTORY, directory);
	}
	ids.groups = plan_add_blob(&c->b, conf->init_groups,
				   conf->n_init_groups * sizeof(*conf->init_groups));
	COMPILE_OP(c, OP_IDS, ids);
	compile_confine(&c->b, confine, policy, early, true);
	exec.argv = plan_add_strv(&c->b, argv);
	if (r == 0)
		r = compile_last_meeting(c);
	if (r == 0)
		r = compile_environment(c, &exec.envp);
	if (r == 0)
		COMPILE_OP(c, c->request->application ? OP_INIT : OP_EXEC, exec);
	return r;
}

static int compile_inside(struct compile *c)
{
	int r = 0;

	if (c->conf->uts_name && c->flags & CLONE_NEWUTS) {
		struct op_text o = { .text = plan_add_text(&c->b, c->conf->uts_name) };
		COMPILE_OP(c, OP_HOST_NAME, o);
	}
	compile_keyring_label(c);
	if (!c->conf->keyring_session)
		add_bare(c, OP_KEYRING);
	if (c->inside & CLONE_NEWCGROUP)
		add_bare(c, OP_CGROUP_NAMESPACE);
	r = compile_cgroup_mounts(c);
	if (r == 0)
		r = compile_network(c);
	if (r == 0 && c->late_dev)
		r = compile_late_dev(c);
	if (r < 0)
		return r;
	compile_hook_check(c);
	if (c->conf->rootfs_path) {
		add_bare(c, OP_BOOT_ID);
		add_bare(c, OP_PIVOT);
	}
	return compile_sysctls(c);
}

/* What comes before the container's cgroups. */
static int compile_begin(struct compile *c)
{
	int r = 0;

	if (c->request->pidfile) {
		struct op_pid_file o = { .path = plan_add_text(&c->b,
							       c->request->pidfile) };
		COMPILE_OP(c, OP_PID_FILE, o);
	}
	if (c->conf->monitor_unshare)
		add_bare(c, OP_UNSHARE);
	r = compile_hooks(c, HOOK_PRE_START);
	if (r == 0)
		r = compile_hooks(c, HOOK_STOP);
	if (r == 0)
		r = compile_hooks(c, HOOK_POST_STOP);
	return r == 0 ? compile_ephemeral(c) : r;
}

static int compile_operations(struct compile *c, struct plan_confine *confine)
{
	int r = compile_begin(c);

	c->late_dev = compile_has_hook(c, HOOK_MOUNT) ||
		      compile_has_hook(c, HOOK_AUTODEV);
	compile_profiles(c);
	if (r == 0)
		r = compile_cgroup_unified(c);
	if (r == 0)
		r = compile_shares(c);
	if (r < 0)
		return r;
	compile_idmap_sources(c);
	add_clone(c);
	if (c->conf->sched_core)
		add_bare(c, OP_SCHED_CORE);
	r = compile_idmap(c);
	compile_supervise(c);
	if (r == 0)
		r = compile_hooks(c, HOOK_PRE_MOUNT);
	if (r == 0)
		r = compile_root(c);
	if (r == 0)
		r = c->late_dev ? compile_empty_dev(c) : compile_dev(c);
	if (r == 0)
		r = compile_mounts(c);
	if (r == 0)
		r = compile_host_side(c);
	if (r < 0)
		return r;
	begin_meeting(c, true);
	r = c->late_dev ? 0 : compile_last_limits(c);
	if (r < 0)
		return r;
	end_meeting(c, true);
	r = compile_inside(c);
	if (r == 0)
		r = compile_program(c, confine);
	add_bare(c, OP_STARTED);
	return r;
}

/* Keys that this machine has no use for are passed over, but not in silence. */
static int compile_warnings(struct compile *c)
{
	_cleanup_strv_ char **warnings = NULL;
	_cleanup_buf_ struct buf lines = {};

	if (conf_warnings(c->conf, c->host.layout != CGROUP_UNIFIED,
			  c->host.layout == CGROUP_UNIFIED, &warnings) < 0 ||
	    compile_security_warnings(c, &warnings) < 0)
		return error_set(c->err, -ENOMEM, "plan", "warnings");
	for (char **w = warnings; w && *w; w++) {
		log_warn("%s", *w);
		buf_printf(&lines, "# %s\n", *w);
	}
	c->b.header.warnings = plan_add_text(&c->b, lines.data);
	return 0;
}

/* Everything that is mounted would be mounted on the host, whose root would be pivoted away. */
static int check_namespaces(struct compile *c)
{
	if (c->flags & CLONE_NEWNS)
		return 0;
	error_set(c->err, -EINVAL, "config", "lxc.namespace.%s",
		  c->conf->ns_clone ? "clone" : "keep");
	error_detail(c->err, "a container needs a mount namespace of its own");
	error_hint(c->err, c->conf->ns_clone ? "add mnt to lxc.namespace.clone"
					     : "remove mnt from lxc.namespace.keep");
	return -EINVAL;
}

static void compile_console(struct compile *c)
{
	const struct conf *conf = c->conf;
	struct plan_header *h = &c->b.header;

	h->console_log = plan_add_text(&c->b, conf->console_logfile);
	h->console_log_size = conf->console_size;
	h->console_rotate = conf->console_rotate;
	h->console_buffer_size = conf->console_buffer_size;
	if (conf->console_path && strcmp(conf->console_path, "none"))
		h->console_path = plan_add_text(&c->b, conf->console_path);
}

static int compile_all(struct compile *c)
{
	const struct conf *conf = c->conf;
	struct plan_header *h = &c->b.header;
	struct plan_confine confine = { .no_new_privs = conf->no_new_privs };
	int r = cgroup_host_open(&c->host, conf->cgroup_relative,
				 conf_global("lxc.cgroup.use"), c->err);

	if (r == 0)
		r = compile_scope(c);
	if (r < 0)
		return r;
	c->flags = namespaces(conf);
	c->inside = c->flags | shared_namespaces(conf);
	h->name = plan_add_text(&c->b, c->request->name);
	h->lxcpath = plan_add_text(&c->b, c->request->lxcpath);
	h->signal_stop = conf->signal_stop;
	h->log_level = c->request->log_level;
	h->foreground = c->request->foreground;
	h->sched_core = conf->sched_core;
	h->event_fifo = plan_add_format(&c->b, "%s/lxc/%s/monitor-fifo", path_runtime(),
					c->request->lxcpath);
	compile_console(c);
	r = check_namespaces(c);
	if (r == 0)
		r = compile_idmap_begin(c);
	if (r == 0)
		r = compile_security(c);
	if (r == 0)
		r = compile_warnings(c);
	if (r == 0)
		r = keep_caps(c);
	if (r == 0)
		r = compile_cgroup_names(c);
	if (r == 0)
		r = compile_policy(c, &confine);
	if (r < 0)
		return r;
	confine.keep_caps = c->keep_caps;
	compile_confine_ids(c, &confine);
	confine.new_keyring = !conf->keyring_session;
	confine.set_personality = conf->personality != PERSONALITY_UNSET;
	confine.personality = conf->personality;
	h->masks = plan_add_blob(&c->b, &confine, sizeof(confine));
	r = compile_operations(c, &confine);
	return r < 0 ? r : compile_items(c);
}

int compile_start(const struct start_request *request, struct plan_record *ret,
		  struct lxc_error **err)
{
	struct compile c = { .request = request, .conf = request->conf, .err = err };
	int r = conf_check_start(request->conf, err);

	if (r < 0)
		return r;
	plan_builder_init(&c.b, PLAN_START);
	r = compile_all(&c);
	if (r == 0) {
		r = plan_finish(&c.b, &ret->data, &ret->size);
		if (r < 0)
			(void)error_set(err, r, "plan", "%s", request->name);
	}
	plan_builder_done(&c.b);
	cgroup_host_done(&c.host);
	for (size_t i = 0; i < LSM_COUNT; i++)
		lsm_setup_done(&c.lsm[i]);
	return r;
}

int compile_explain(const struct plan_record *record, struct buf *out,
		    struct lxc_error **err)
{
	struct plan plan;
	int r = plan_open(record->data, record->size, &plan, err);

	if (r < 0)
		return r;
	if (plan.header->warnings)
		buf_str(out, plan_text(&plan, plan.header->warnings));
	for (const struct op *op = NULL; (op = plan_next(&plan, op));) {
		if (op->kind <= OP_NONE || op->kind >= OP_COUNT)
			return error_set(err, -EPROTO, "plan", "operation %u", op->kind);
		const struct op_kind *kind = &op_kinds[op->kind];

		buf_printf(out, "%-9s %-17s ",
			   kind->side == OP_CHILD ? "container" : "monitor", kind->name);
		kind->print(&plan, op, out);
		while (out->size && out->data[out->size - 1] == ' ')
			out->data[--out->size] = '\0';
		buf_char(out, '\n');
	}
	return buf_status(out) < 0 ? error_set(err, -ENOMEM, "plan", "explain") : 0;
}
