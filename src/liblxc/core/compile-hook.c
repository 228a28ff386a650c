/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Plan of the hooks, and of the scripts of interfaces. */
#include <string.h>

#include "core/compile.h"
#include "core/hook.h"

/* What is special about a type; those that are not here run in the library. */
static const struct {
	enum op_number kind;
	enum hook_moment moment;
	uint32_t flags;
} kinds[HOOK_COUNT] = {
	[HOOK_PRE_START] = { OP_HOOK, HOOK_AT_RUN, HOOK_ONCE },
	[HOOK_PRE_MOUNT] = { OP_HOOK_CHILD, HOOK_AT_RUN, HOOK_PRIVATE },
	[HOOK_MOUNT] = { OP_HOOK_CHILD, HOOK_AT_RUN, HOOK_CHECK_ROOT },
	[HOOK_AUTODEV] = { OP_HOOK_CHILD, HOOK_AT_RUN, HOOK_CHECK_ROOT },
	[HOOK_START_HOST] = { OP_HOOK, HOOK_AT_RUN, HOOK_PID },
	[HOOK_START] = { OP_HOOK_CHILD, HOOK_AT_RUN, 0 },
	[HOOK_STOP] = { OP_HOOK, HOOK_AT_STOP, HOOK_PID | HOOK_TARGET | HOOK_NAMESPACES },
	[HOOK_POST_STOP] = { OP_HOOK, HOOK_AT_END,
			     HOOK_PID | HOOK_TARGET | HOOK_NAMESPACES },
};

bool compile_has_hook(const struct compile *c, enum conf_hook type)
{
	return c->conf->hooks[type] && c->conf->hooks[type][0];
}

static int no_memory(struct compile *c)
{
	return error_set(c->err, -ENOMEM, "plan", "hooks");
}

/* Arguments and environment, with what is special about this one behind. */
struct hook_text {
	char *const *args, *const *env;
};

static int fill(struct compile *c, const struct hook_subject *s,
		const struct hook_text *more, struct op_hook *o)
{
	_cleanup_strv_ char **args = NULL, **env = NULL;
	int r = hook_arguments(s, &args);

	if (r == 0)
		r = hook_environment(s, &env);
	for (char *const *a = more->args; r == 0 && a && *a; a++)
		r = strv_add(&args, *a);
	for (char *const *e = more->env; r == 0 && e && *e; e++)
		r = strv_add(&env, *e);
	if (r < 0)
		return no_memory(c);
	o->args = plan_add_strv(&c->b, args);
	o->env = plan_add_strv(&c->b, env);
	return 0;
}

int compile_hooks(struct compile *c, enum conf_hook type)
{
	const struct conf *conf = c->conf;
	_cleanup_strv_ char **env = NULL;
	struct hook_subject s = {
		.conf = conf,
		.name = c->request->name,
		.section = "lxc",
		.type = hook_names[type],
		.log_level = c->request->log_level,
	};
	struct op_hook o = { .moment = kinds[type].moment, .flags = kinds[type].flags };
	bool inside = kinds[type].kind == OP_HOOK_CHILD;
	int r = 0;

	if (!compile_has_hook(c, type))
		return 0;
	for (char **e = conf->environment; inside && r == 0 && e && *e; e++)
		r = strv_add(&env, *e);
	for (char **e = conf->environment_hooks; inside && r == 0 && e && *e; e++)
		r = strv_add(&env, *e);
	if (r == 0)
		r = fill(c, &s, &(struct hook_text){ .env = env }, &o);
	if (r < 0)
		return no_memory(c);
	if (type == HOOK_STOP && !conf->hook_version)
		o.flags |= HOOK_NAMESPACE_ARGS;
	o.key = plan_add_format(&c->b, "lxc.hook.%s", hook_names[type]);
	o.commands = plan_add_strv(&c->b, conf->hooks[type]);
	COMPILE_OP(c, kinds[type].kind, o);
	return 0;
}

/* By the tool, because the monitor knows nothing of storage. */
int compile_ephemeral(struct compile *c)
{
	const struct start_request *q = c->request;
	struct op_hook o = { .moment = HOOK_AT_DESTROY };

	if (!c->conf->ephemeral)
		return 0;
	o.key = plan_add_text(&c->b, "lxc.ephemeral");
	o.commands = plan_add_strv(
		&c->b, (char *[]){ (char *)"'" PATH_BIN "/lxc-destroy'", NULL });
	o.args = plan_add_strv(&c->b, (char *[]){ (char *)"-P", (char *)q->lxcpath,
						  (char *)"-n", (char *)q->name, NULL });
	COMPILE_OP(c, OP_HOOK, o);
	return 0;
}

/* The programs of start hooks are looked for while the start can still fail early. */
void compile_hook_check(struct compile *c)
{
	struct op_hook o = { .key = plan_add_text(&c->b, "lxc.hook.start") };

	if (!compile_has_hook(c, HOOK_START))
		return;
	o.commands = plan_add_strv(&c->b, c->conf->hooks[HOOK_START]);
	COMPILE_OP(c, OP_HOOK_CHECK, o);
}

/* --- interfaces --- */

static int add_word(char ***words, const char *prefix, const char *text)
{
	_cleanup_buf_ struct buf word = {};

	buf_printf(&word, "%s%s", prefix, text);
	return strv_push(words, buf_steal(&word));
}

static int script_texts(const struct compile *c, const struct nic *nic, const char *peer,
			char ***args, char ***env)
{
	int r = strv_add(args, nic_type_names[nic->type]);

	/* as ever: what is empty is no argument */
	if (r == 0 && nic->link[0])
		r = strv_add(args, nic->link);
	if (r == 0 && *peer)
		r = strv_add(args, peer);
	if (r < 0 || !c->conf->hook_version)
		return r;
	r = add_word(env, "LXC_NET_TYPE=", nic_type_names[nic->type]);
	if (r == 0)
		r = add_word(env, "LXC_NET_PARENT=", nic->link);
	if (r == 0 && *peer)
		r = add_word(env, "LXC_NET_PEER=", peer);
	return r;
}

static int add_script(struct compile *c, const struct nic *nic, bool up, const char *peer)
{
	char *command = up ? nic->script_up : nic->script_down;
	_cleanup_strv_ char **args = NULL, **env = NULL;
	struct hook_subject s = {
		.conf = c->conf,
		.name = c->request->name,
		.section = "net",
		.type = up ? "up" : "down",
		.log_level = c->request->log_level,
	};
	struct op_hook o = {
		.moment = up ? HOOK_AT_RUN : HOOK_AT_DOWN,
		.flags = HOOK_PID | (up ? 0 : HOOK_TARGET),
	};

	if (!command)
		return 0;
	if (script_texts(c, nic, peer, &args, &env) < 0)
		return no_memory(c);
	int r = fill(c, &s, &(struct hook_text){ args, env }, &o);
	o.key = plan_add_format(&c->b, "lxc.net.%u.script.%s", nic->index, s.type);
	o.commands = plan_add_strv(&c->b, (char *[]){ command, NULL });
	if (r == 0)
		COMPILE_OP(c, OP_HOOK, o);
	return r;
}

int compile_net_scripts(struct compile *c, const struct nic *nic, const char *peer)
{
	int r = add_script(c, nic, true, peer);

	return r < 0 ? r : add_script(c, nic, false, peer);
}
