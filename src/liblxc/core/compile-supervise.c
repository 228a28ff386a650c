/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* lxc.seccomp: the filter, and what the supervisor of its listener decides. */
#include "core/compile.h"

#include "core/supervise.h"
#include "isolate/intercept.h"
#include "isolate/seccomp.h"
#include "util/log.h"

static struct intercept intercepts(const struct conf *conf)
{
	return (struct intercept){
		.devices = conf->intercept_devices,
		.types = conf->intercept_types,
		.names = conf->intercept_names,
		.sysinfo = conf->intercept_sysinfo,
	};
}

/* What only root may do cannot be done in place of a container by anybody else. */
static int check_rights(struct compile *c)
{
	const struct conf *conf = c->conf;

	if (!(conf->intercept_devices || conf->intercept_types ||
	      conf->intercept_names) ||
	    geteuid() == 0)
		return 0;
	(void)error_set(c->err, -EPERM, "config", "lxc.seccomp.intercept");
	error_detail(c->err, "only a container that root starts can be granted anything");
	error_hint(c->err, "start it as root, or remove the keys for mknod, mount and "
			   "setxattr");
	return -EPERM;
}

int compile_policy(struct compile *c, struct plan_confine *confine)
{
	const struct conf *conf = c->conf;
	const struct intercept intercept = intercepts(conf);
	_cleanup_seccomp_program_ struct seccomp_program program = {};
	_cleanup_buf_ struct buf rules = {};

	int r = check_rights(c);
	if (r < 0)
		return r;
	intercept_rules(&intercept, &rules);
	if (buf_status(&rules) < 0)
		return error_set(c->err, -ENOMEM, "plan", "lxc.seccomp.intercept");
	if (!conf->seccomp_profile && !rules.size)
		return 0;
	if (!conf->seccomp_allow_nesting && seccomp_is_confined()) {
		log_warn("%s is skipped: this process is confined already, see "
			 "lxc.seccomp.allow_nesting",
			 rules.size ? "lxc.seccomp" : "lxc.seccomp.profile");
		return 0;
	}
	r = seccomp_compile(conf->seccomp_profile, rules.size ? rules.data : NULL,
			    &program, c->err);
	if (r < 0)
		return r;
	c->notifies = seccomp_notifies(program.filter, program.n);
	confine->seccomp =
		plan_add_blob(&c->b, program.filter, program.n * sizeof(*program.filter));
	return 0;
}

static struct plan_blob add_devices(struct compile *c)
{
	struct intercept_device devices[INTERCEPT_DEVICES_MAX];
	size_t n = 0;

	for (char **d = c->conf->intercept_devices; d && *d && n < ARRAY_SIZE(devices);
	     d++)
		if (intercept_device_parse(*d, &devices[n]) == 0)
			n++;
	return plan_add_blob(&c->b, devices, n * sizeof(*devices));
}

/* Without anything to decide the monitor itself refuses what the filter notifies of. */
void compile_supervise(struct compile *c)
{
	const struct conf *conf = c->conf;
	const struct intercept intercept = intercepts(conf);
	struct op_supervise o = { .sysinfo = conf->intercept_sysinfo };

	if (!c->notifies || (!conf->seccomp_proxy && !intercept_any(&intercept)))
		return;
	o.program = plan_add_text(&c->b, SUPERVISOR_PROGRAM);
	o.proxy = plan_add_text(&c->b, conf->seccomp_proxy);
	o.cookie = plan_add_text(&c->b, conf->seccomp_cookie);
	o.devices = add_devices(c);
	o.types = plan_add_strv(&c->b, conf->intercept_types);
	o.names = plan_add_strv(&c->b, conf->intercept_names);
	COMPILE_OP(c, OP_SUPERVISE, o);
}
