/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The order of a start.  The operations of both sides stand in one list, as --explain shows
 * them; see op-process.c for how the two run beside each other.
 */
#include "core/compile.h"

#include <linux/capability.h>
#include <sched.h>
#include <string.h>
#include <sys/resource.h>

#include "conf/global.h"
#include "isolate/caps.h"
#include "isolate/seccomp.h"
#include "util/log.h"
#include "util/parse.h"
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

static int namespaces(const struct conf *conf)
{
	int all = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC |
		  CLONE_NEWNET | CLONE_NEWCGROUP;
	int flags = conf->ns_clone ? conf->ns_clone : all & ~conf->ns_keep;

	if (!conf->ns_clone && only_type(conf->nics, NIC_NONE))
		flags &= ~CLONE_NEWNET;
	return flags;
}

static int keep_caps(struct compile *c)
{
	const struct conf *conf = c->conf;
	uint64_t named = 0;
	_cleanup_strv_ char **names = NULL;

	c->keep_caps = caps_all();
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

/* --- process limits and files of procfs --- */

static const struct {
	const char *name;
	unsigned int resource;
} resources[] = {
	{ "as", RLIMIT_AS },
	{ "core", RLIMIT_CORE },
	{ "cpu", RLIMIT_CPU },
	{ "data", RLIMIT_DATA },
	{ "fsize", RLIMIT_FSIZE },
	{ "locks", RLIMIT_LOCKS },
	{ "memlock", RLIMIT_MEMLOCK },
	{ "msgqueue", RLIMIT_MSGQUEUE },
	{ "nice", RLIMIT_NICE },
	{ "nofile", RLIMIT_NOFILE },
	{ "nproc", RLIMIT_NPROC },
	{ "rss", RLIMIT_RSS },
	{ "rtprio", RLIMIT_RTPRIO },
	{ "rttime", RLIMIT_RTTIME },
	{ "sigpending", RLIMIT_SIGPENDING },
	{ "stack", RLIMIT_STACK },
};

static int find_resource(struct compile *c, const char *name, uint32_t *ret)
{
	uint64_t number = 0;

	for (size_t i = 0; i < ARRAY_SIZE(resources); i++) {
		if (!strcmp(resources[i].name, name)) {
			*ret = resources[i].resource;
			return 0;
		}
	}
	if (parse_decimal(name, RLIM_NLIMITS - 1, &number) == 0) {
		*ret = number;
		return 0;
	}
	error_set(c->err, -EINVAL, "config", "lxc.prlimit.%s", name);
	error_detail(c->err, "no such resource limit");
	error_hint(c->err,
		   "the names are those of prlimit(1): as, core, cpu, nofile, nproc…");
	return -EINVAL;
}

static int parse_limit(const char *text, size_t n, uint64_t *ret)
{
	_cleanup_free_ char *copy = strndup(text, n);

	if (!copy)
		return -ENOMEM;
	if (!strcmp(copy, "unlimited")) {
		*ret = RLIM_INFINITY;
		return 0;
	}
	return parse_decimal(copy, UINT64_MAX, ret);
}

static int compile_prlimits(struct compile *c)
{
	const struct conf_pairs *pairs = &c->conf->prlimits;

	for (size_t i = 0; i < pairs->n; i++) {
		const char *value = pairs->list[i].value, *colon = strchr(value, ':');
		size_t n = colon ? (size_t)(colon - value) : strlen(value);
		struct op_prlimit o = {};
		int r = find_resource(c, pairs->list[i].name, &o.resource);

		if (r < 0)
			return r;
		r = parse_limit(value, n, &o.soft);
		o.hard = o.soft;
		if (r == 0 && colon)
			r = parse_limit(colon + 1, strlen(colon + 1), &o.hard);
		if (r < 0)
			return error_set(c->err, r, "config", "lxc.prlimit.%s = %s",
					 pairs->list[i].name, value);
		o.key = plan_add_format(&c->b, "lxc.prlimit.%s", pairs->list[i].name);
		COMPILE_OP(c, OP_PRLIMIT, o);
	}
	return 0;
}

static int compile_proc_files(struct compile *c)
{
	const struct conf_pairs *pairs = &c->conf->procs;

	for (size_t i = 0; i < pairs->n; i++) {
		_cleanup_free_ char *file = strdup(pairs->list[i].name);

		for (char *p = file; p && *p; p++)
			if (*p == '.')
				*p = '/';
		if (file && path_has_dotdot(file))
			return error_set(c->err, -EINVAL, "config", "lxc.proc.%s",
					 pairs->list[i].name);
		struct op_proc_file o = {
			.file = plan_add_text(&c->b, file),
			.value = plan_add_text(&c->b, pairs->list[i].value),
		};
		COMPILE_OP(c, OP_PROC_FILE, o);
	}
	return 0;
}

/* Kernel parameters that belong to a namespace of the container; all others are the host's. */
static bool is_namespaced(const struct compile *c, const char *key)
{
	static const struct {
		const char *prefix;
		int flag;
	} own[] = {
		{ "net.", CLONE_NEWNET },
		{ "fs.mqueue.", CLONE_NEWIPC },
		{ "kernel.msg", CLONE_NEWIPC },
		{ "kernel.sem", CLONE_NEWIPC },
		{ "kernel.shm", CLONE_NEWIPC },
		{ "kernel.auto_msgmni", CLONE_NEWIPC },
		{ "kernel.domainname", CLONE_NEWUTS },
		{ "kernel.hostname", CLONE_NEWUTS },
		{ "kernel.ns_last_pid", CLONE_NEWPID },
		{ "user.", CLONE_NEWUSER },
	};

	for (size_t i = 0; i < ARRAY_SIZE(own); i++)
		if (!strncmp(key, own[i].prefix, strlen(own[i].prefix)))
			return c->flags & own[i].flag;
	return false;
}

static int compile_sysctls(struct compile *c)
{
	const struct conf_pairs *pairs = &c->conf->sysctls;

	for (size_t i = 0; i < pairs->n; i++) {
		const char *key = pairs->list[i].name;

		if (strchr(key, '/') || strstr(key, "..") || !is_namespaced(c, key)) {
			error_set(c->err, -EINVAL, "config", "lxc.sysctl.%s", key);
			error_detail(c->err,
				     "this is no parameter of the container's own "
				     "namespaces but one of the whole machine");
			error_hint(c->err, "set it on the host: sysctl %s=%s", key,
				   pairs->list[i].value);
			return -EINVAL;
		}
		struct op_sysctl o = {
			.key = plan_add_text(&c->b, key),
			.value = plan_add_text(&c->b, pairs->list[i].value),
		};
		COMPILE_OP(c, OP_SYSCTL, o);
	}
	return 0;
}

/* --- confinement and program --- */

static int load_policy(struct compile *c, struct plan_confine *confine)
{
	_cleanup_seccomp_program_ struct seccomp_program program = {};

	if (!c->conf->seccomp_profile)
		return 0;
	if (!c->conf->seccomp_allow_nesting && seccomp_is_confined()) {
		log_warn(
			"lxc.seccomp.profile is skipped: this process is confined already, see "
			"lxc.seccomp.allow_nesting");
		return 0;
	}
	int r = seccomp_compile(c->conf->seccomp_profile, &program, c->err);
	if (r == 0)
		confine->seccomp = plan_add_blob(&c->b, program.filter,
						 program.n * sizeof(*program.filter));
	return r;
}

void compile_confine(struct plan_builder *b, const struct plan_confine *confine,
		     const char *profile, uint32_t uid, bool late_seccomp)
{
	struct op_seccomp filter = {
		.filter = confine->seccomp,
		.profile = plan_add_text(b, profile),
	};
	struct op_value caps = { .value = confine->keep_caps };
	struct op_value personality = { .value = confine->personality };
	struct op nothing = {};
	/* without privileges left a filter needs no_new_privs, which is another's choice */
	bool early = uid && !confine->no_new_privs;

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

static int compile_program(struct compile *c, const struct plan_confine *confine)
{
	const struct conf *conf = c->conf;
	_cleanup_strv_ char **argv = c->request->argv ? strv_copy(c->request->argv)
				     : conf->init_cmd ? strv_split_command(conf->init_cmd)
						      : strv_split("/sbin/init", " ");
	struct op_stdio stdio = { .session = 1 };
	struct op_text directory = { .option = 1 };
	struct op_ids ids = {
		.uid = conf->init_uid,
		.gid = conf->init_gid,
		.set_groups = conf->n_init_groups > 0,
	};
	struct op_exec exec = {};

	if (!argv || !*argv)
		return error_set(c->err, -EINVAL, "config", "lxc.init.cmd: no program");
	stdio.mode = c->has_console	      ? STDIO_CONSOLE
		     : c->request->foreground ? STDIO_KEEP
					      : STDIO_NULL;
	COMPILE_OP(c, OP_STDIO, stdio);
	if (conf->init_cwd) {
		directory.text = plan_add_text(&c->b, conf->init_cwd);
		COMPILE_OP(c, OP_DIRECTORY, directory);
	}
	compile_confine(&c->b, confine, conf->seccomp_profile, ids.uid, false);
	ids.groups = plan_add_blob(&c->b, conf->init_groups,
				   conf->n_init_groups * sizeof(*conf->init_groups));
	COMPILE_OP(c, OP_IDS, ids);
	compile_confine(&c->b, confine, conf->seccomp_profile, ids.uid, true);
	exec.argv = plan_add_strv(&c->b, argv);
	int r = compile_environment(c, &exec.envp);
	if (r == 0)
		COMPILE_OP(c, OP_EXEC, exec);
	return r;
}

/* --- the order --- */

static void add_clone(struct compile *c)
{
	struct op_clone o = { .flags = c->flags, .pdeath = c->conf->signal_pdeath };

	c->b.header.clone_flags = c->flags;
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
		compile_cgroup_v1,  compile_cgroup_limits, compile_prlimits,
		compile_proc_files, compile_host_links,
	};

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		int r = parts[i](c);

		if (r < 0)
			return r;
	}
	return 0;
}

static int compile_inside(struct compile *c)
{
	int r = 0;

	if (c->conf->uts_name && c->flags & CLONE_NEWUTS) {
		struct op_text o = { .text = plan_add_text(&c->b, c->conf->uts_name) };
		COMPILE_OP(c, OP_HOST_NAME, o);
	}
	if (!c->conf->keyring_session)
		add_bare(c, OP_KEYRING);
	if (c->flags & CLONE_NEWCGROUP)
		add_bare(c, OP_CGROUP_NAMESPACE);
	r = compile_cgroup_mounts(c);
	if (r == 0)
		r = compile_network(c);
	if (r < 0)
		return r;
	if (c->conf->rootfs_path) {
		add_bare(c, OP_BOOT_ID);
		add_bare(c, OP_PIVOT);
	}
	return compile_sysctls(c);
}

static int compile_operations(struct compile *c, struct plan_confine *confine)
{
	int r;

	if (c->request->pidfile) {
		struct op_pid_file o = { .path = plan_add_text(&c->b,
							       c->request->pidfile) };
		COMPILE_OP(c, OP_PID_FILE, o);
	}
	r = compile_cgroup_unified(c);
	if (r < 0)
		return r;
	add_clone(c);
	r = compile_root(c);
	if (r == 0)
		r = compile_dev(c);
	if (r == 0)
		r = compile_mounts(c);
	if (r == 0)
		r = compile_host_side(c);
	if (r < 0)
		return r;
	add_bare(c, OP_HAND_OVER);
	add_bare(c, OP_PREPARED);
	r = compile_cgroup_devices(c);
	if (r < 0)
		return r;
	add_bare(c, OP_RELEASE);
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

	if (conf_warnings(c->conf, access("/sys/kernel/security/apparmor", F_OK) == 0,
			  c->host.n_v1 > 0, c->host.layout == CGROUP_UNIFIED,
			  &warnings) < 0)
		return error_set(c->err, -ENOMEM, "plan", "warnings");
	for (char **w = warnings; w && *w; w++) {
		log_warn("%s", *w);
		buf_printf(&lines, "# %s\n", *w);
	}
	c->b.header.warnings = plan_add_text(&c->b, lines.data);
	return 0;
}

static int compile_all(struct compile *c)
{
	const struct conf *conf = c->conf;
	struct plan_header *h = &c->b.header;
	struct plan_confine confine = { .no_new_privs = conf->no_new_privs };
	int r = cgroup_host_open(&c->host, conf->cgroup_relative,
				 conf_global("lxc.cgroup.use"), c->err);

	if (r < 0)
		return r;
	c->flags = namespaces(conf);
	h->name = plan_add_text(&c->b, c->request->name);
	h->lxcpath = plan_add_text(&c->b, c->request->lxcpath);
	h->signal_stop = conf->signal_stop;
	h->log_level = c->request->log_level;
	h->foreground = c->request->foreground;
	h->console_log = plan_add_text(&c->b, conf->console_logfile);
	if (conf->console_path && strcmp(conf->console_path, "none"))
		h->console_path = plan_add_text(&c->b, conf->console_path);
	r = compile_warnings(c);
	if (r == 0)
		r = keep_caps(c);
	if (r == 0)
		r = compile_cgroup_names(c);
	if (r == 0)
		r = load_policy(c, &confine);
	if (r < 0)
		return r;
	confine.keep_caps = c->keep_caps;
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
	if (request->application) {
		error_set_code(err, -EOPNOTSUPP, LXC_ERROR_UNSUPPORTED,
			       "application container", "%s", request->name);
		error_detail(err, "not supported yet in this version");
		error_hint(err, "start a system container instead: lxc-start");
		return -EOPNOTSUPP;
	}
	plan_builder_init(&c.b, PLAN_START);
	r = compile_all(&c);
	if (r == 0) {
		r = plan_finish(&c.b, &ret->data, &ret->size);
		if (r < 0)
			(void)error_set(err, r, "plan", "%s", request->name);
	}
	plan_builder_done(&c.b);
	cgroup_host_done(&c.host);
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
