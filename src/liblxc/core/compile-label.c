/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From the configuration to policies to load and labels to take. */
#include <sched.h>

#include "core/compile.h"
#include "util/strv.h"

#define RAW_SKIPPED \
	"lxc.apparmor.raw is skipped: lines are added to the generated profile only"
#define KEYRING_SKIPPED                                                          \
	"lxc.selinux.context.keyring is skipped: lxc.keyring.session keeps the " \
	"keyring of the caller"

/* No new keyring, no label for it: the label of the caller's stays as it is. */
static bool labels_keyring(const struct conf *conf)
{
	return conf->selinux_context_keyring && !conf->keyring_session;
}

static int check_keyring(struct compile *c)
{
	const struct lsm *m = lsm_get(LSM_SELINUX);
	int r;

	if (!labels_keyring(c->conf))
		return 0;
	if (m->is_enabled()) {
		r = lsm_check(LSM_SELINUX, c->conf->selinux_context_keyring, c->err);
		return r < 0 ? error_wrap(c->err, r, "config",
					  "lxc.selinux.context.keyring")
			     : 0;
	}
	(void)error_set_code(c->err, -EOPNOTSUPP, LXC_ERROR_UNSUPPORTED, "config",
			     "lxc.selinux.context.keyring");
	error_detail(c->err, "this kernel has no %s", m->name);
	error_hint(c->err, "remove it");
	return -EOPNOTSUPP;
}

int compile_security(struct compile *c)
{
	const struct conf *conf = c->conf;
	const struct lsm_request apparmor = {
		.name = c->request->name,
		.lxcpath = c->request->lxcpath,
		.label = conf->apparmor_profile,
		.allow_incomplete = conf->apparmor_allow_incomplete,
		.allow_nesting = conf->apparmor_allow_nesting,
		.has_user_namespace = c->flags & CLONE_NEWUSER,
		.raw = conf->apparmor_raw,
	};
	const struct lsm_request selinux = { .label = conf->selinux_context };
	int r = lsm_prepare(LSM_APPARMOR, &apparmor, &c->lsm[LSM_APPARMOR], c->err);

	if (r == 0)
		r = lsm_prepare(LSM_SELINUX, &selinux, &c->lsm[LSM_SELINUX], c->err);
	return r == 0 ? check_keyring(c) : r;
}

int compile_security_warnings(struct compile *c, char ***warnings)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < LSM_COUNT; i++)
		if (c->lsm[i].warning)
			r = strv_add(warnings, c->lsm[i].warning);
	if (r == 0 && c->conf->apparmor_raw && !c->lsm[LSM_APPARMOR].warning &&
	    !c->lsm[LSM_APPARMOR].temporary)
		r = strv_add(warnings, RAW_SKIPPED);
	if (r == 0 && c->conf->selinux_context_keyring && !labels_keyring(c->conf))
		r = strv_add(warnings, KEYRING_SKIPPED);
	return r;
}

void compile_profiles(struct compile *c)
{
	for (size_t i = 0; i < LSM_COUNT; i++) {
		const struct lsm_setup *s = &c->lsm[i];
		struct op_profile o = { .temporary = s->temporary };

		if (!s->profile)
			continue;
		o.name = plan_add_text(&c->b, s->profile);
		o.space = plan_add_text(&c->b, s->space);
		o.program = plan_add_blob(&c->b, s->program, s->size);
		COMPILE_OP(c, OP_PROFILE, o);
	}
}

void compile_label(struct plan_builder *b, enum lsm_module module, enum lsm_moment moment,
		   const char *label)
{
	struct op_label o = { .label = plan_add_text(b, label),
			      .module = module,
			      .moment = moment };

	if (o.label)
		plan_add_op(b, OP_LABEL, &o, sizeof(o));
}

void compile_keyring_label(struct compile *c)
{
	if (labels_keyring(c->conf))
		compile_label(&c->b, LSM_SELINUX, LSM_KEYRING,
			      c->conf->selinux_context_keyring);
}

/* Our own small init is never executed: it takes the label at once. */
void compile_labels(struct compile *c)
{
	enum lsm_moment moment = c->request->application ? LSM_NOW : LSM_ON_EXEC;

	for (size_t i = 0; i < LSM_COUNT; i++)
		compile_label(&c->b, i, moment, c->lsm[i].label);
}
