/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * AppArmor: which profile a container gets, and what has to be loaded for it.
 *
 *   unset        lxc-container-default-cgns, or lxc-container-default
 *   generated    one of its own, and a policy namespace below it where the kernel can stack
 *   unchanged    none: what is confined already stays so
 *   NAME         one that is loaded
 *
 * The profiles that we ship are loaded when they are needed and are not: nobody else may have
 * done so since they were installed.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/types.h>

#include "isolate/apparmor-profile.h"
#include "isolate/lsm.h"
#include "util/buf.h"
#include "util/file.h"
#include "util/strv.h"

#define ENABLED "/sys/module/apparmor/parameters/enabled"
#define POLICY "/sys/kernel/security/apparmor"
#define SHIPPED PATH_SYSCONF "/apparmor.d/liblxc-containers"
#define CACHE_DIR PATH_LOCALSTATE "/cache/lxc/apparmor"

static const char *const shipped[] = {
	"lxc-container-default",
	"lxc-container-default-cgns",
	"lxc-container-default-with-mounting",
	"lxc-container-default-with-nesting",
};

static bool starts_with(const char *file, const char *word)
{
	_cleanup_free_ char *text = NULL;

	return file_read(AT_FDCWD, file, &text, NULL) == 0 &&
	       !strncmp(text, word, strlen(word));
}

static bool is_enabled(void)
{
	return starts_with(ENABLED, "Y");
}

/* Whether we are, as far as can be seen from within our policy namespace. */
static bool is_unconfined(void)
{
	char own[LSM_LABEL_MAX];
	_cleanup_close_ int proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);

	return proc >= 0 &&
	       lsm_label_read(proc, "thread-self", LSM_APPARMOR, LSM_NOW, own) == 0 &&
	       !strcmp(own, "unconfined");
}

static enum lsm_need need(const char *profile)
{
	if (!profile || !strcmp(profile, "generated"))
		return LSM_IF_THERE;
	if (!strcmp(profile, "unconfined"))
		return is_enabled() && !is_unconfined() ? LSM_NEEDED : LSM_NOT_NEEDED;
	return strcmp(profile, "unchanged") ? LSM_NEEDED : LSM_NOT_NEEDED;
}

/* --- what is loaded --- */

/* Without the right to read the list the kernel still says whether a change would be possible. */
static int ask_kernel(const char *profile)
{
	_cleanup_buf_ struct buf question = {};

	buf_printf(&question, "permprofile %s", profile);
	if (buf_status(&question) < 0)
		return -ENOMEM;
	int r = file_write(AT_FDCWD, "/proc/thread-self/attr/apparmor/current",
			   question.data);
	return r == 0 ? 1 : r == -ENOENT ? 0 : r;
}

/* The list has lines "NAME (MODE)".  1: loaded, 0: not, -errno: nobody tells us. */
static int is_loaded(const char *profile)
{
	_cleanup_free_ char *list = NULL;
	size_t size = strlen(profile);

	if (file_read(AT_FDCWD, POLICY "/profiles", &list, NULL) < 0)
		return ask_kernel(profile);
	for (const char *line = list; line && *line;) {
		if (!strncmp(line, profile, size) && !strncmp(line + size, " (", 2))
			return 1;
		line = strchr(line, '\n');
		line += line ? 1 : 0;
	}
	return 0;
}

static bool has_mac_admin(void)
{
	_cleanup_free_ char *status = NULL;

	if (file_read(AT_FDCWD, "/proc/thread-self/status", &status, NULL) < 0)
		return false;
	/* 16 hexadecimal digits, the last for the lowest four; this is number 33 */
	const char *set = strstr(status, "\nCapEff:\t");
	char digit = set && strlen(set) > 25 ? set[9 + 15 - 33 / 4] : '0';
	unsigned int value = digit <= '9' ? digit - '0' : digit - 'a' + 10;

	return value & 1u << 33 % 4;
}

/* In a user namespace one's policy is that of a policy namespace made for it. */
static bool in_own_namespaces(void)
{
	return starts_with(POLICY "/.ns_stacked", "yes") ||
	       starts_with("/proc/self/uid_map", "         0          0 4294967295");
}

static bool may_load(void)
{
	return geteuid() == 0 && has_mac_admin() && in_own_namespaces() &&
	       access(POLICY "/.replace", F_OK) == 0;
}

static bool is_shipped(const char *profile)
{
	for (size_t i = 0; i < ARRAY_SIZE(shipped); i++)
		if (!strcmp(shipped[i], profile))
			return true;
	return false;
}

static int not_loaded(const char *profile, struct lxc_error **err)
{
	(void)error_set(err, -ENOENT, "AppArmor profile", "%s", profile);
	error_detail(err, "not loaded");
	error_hint(err, "load the file that defines it: apparmor_parser -r %s",
		   is_shipped(profile) ? SHIPPED : "/etc/apparmor.d/FILE");
	return -ENOENT;
}

/* Of a stack or in another namespace only the kernel knows: it says so when the label is taken. */
static bool can_be_listed(const char *label)
{
	return !strstr(label, "//&") && *label != ':' && strcmp(label, "unconfined");
}

static int check(const char *label, struct lxc_error **err)
{
	return can_be_listed(label) && is_loaded(label) == 0 ? not_loaded(label, err) : 0;
}

/* --- what the configuration means --- */

static int no_mount_rules(const struct lsm_request *q, struct lxc_error **err)
{
	if (q->allow_incomplete || access(POLICY "/features/mount/mask", F_OK) == 0)
		return 0;
	(void)error_set_code(err, -EOPNOTSUPP, LXC_ERROR_UNSUPPORTED, "AppArmor", "%s",
			     POLICY);
	if (access(POLICY, F_OK) < 0) {
		error_detail(err, "its files are not there");
		error_hint(err, "mount them: mount -t securityfs securityfs "
				"/sys/kernel/security; or set lxc.apparmor.profile = "
				"unchanged");
	} else {
		error_detail(err, "this kernel's cannot confine mounts");
		error_hint(err,
			   "set lxc.apparmor.allow_incomplete = 1 to start all the same");
	}
	return -EOPNOTSUPP;
}

/* Rules that a kernel asks for since it knows them: without them it would deny. */
static char **new_classes(void)
{
	static const struct {
		const char *feature, *rule;
	} all[] = {
		{ POLICY "/features/namespaces/userns_create", "userns" },
		{ POLICY "/features/io_uring", "io_uring" },
		{ POLICY "/features/ipc/posix_mqueue", "mqueue" },
	};
	_cleanup_strv_ char **classes = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		if (access(all[i].feature, F_OK) == 0 &&
		    strv_add(&classes, all[i].rule) < 0)
			return NULL;
	return steal_ptr(classes);
}

static int compile_generated(struct apparmor_profile *p, struct lsm_setup *ret,
			     struct lxc_error **err)
{
	_cleanup_buf_ struct buf text = {};

	apparmor_profile_print(p, &text);
	if (buf_status(&text) < 0)
		return error_set(err, -ENOMEM, "AppArmor profile", "%s", p->name);
	return apparmor_compile(text.data, p->name, CACHE_DIR, &ret->program, &ret->size,
				err);
}

static int prepare_generated(const struct lsm_request *q, struct lsm_setup *ret,
			     struct lxc_error **err)
{
	_cleanup_strv_ char **classes = new_classes();
	bool stack = starts_with(POLICY "/features/domain/stack", "yes") &&
		     starts_with(POLICY "/.ns_stacked", "no");

	if (apparmor_names(q->name, q->lxcpath, &ret->profile, &ret->space) < 0)
		return error_set(err, -ENOMEM, "AppArmor profile", "%s", q->name);
	if (!stack) {
		free(ret->space);
		ret->space = NULL;
	}
	ret->temporary = true;
	struct apparmor_profile profile = {
		.name = ret->profile,
		.space = ret->space,
		.allow_nesting = q->allow_nesting,
		.has_user_namespace = q->has_user_namespace,
		.has_cgroup_namespace = access("/proc/self/ns/cgroup", F_OK) == 0,
		.has_exact_parser = !q->allow_nesting &&
				    apparmor_parser_is_exact(CACHE_DIR),
		.raw = q->raw,
		.classes = classes,
	};
	int r = compile_generated(&profile, ret, err);
	/* a parser that is older than the kernel */
	if (r == -EIO && classes) {
		profile.classes = NULL;
		error_clear(err);
		r = compile_generated(&profile, ret, err);
	}
	if (r < 0)
		return r;
	_cleanup_buf_ struct buf label = {};
	buf_str(&label, ret->profile);
	if (stack)
		buf_printf(&label, "//&:%s:", ret->space);
	ret->label = buf_steal(&label);
	return ret->label ? 0 : error_set(err, -ENOMEM, "AppArmor profile", "label");
}

/* A file of ours that was installed, and is not loaded yet. */
static int load_shipped(const char *profile, struct lsm_setup *ret,
			struct lxc_error **err)
{
	_cleanup_free_ char *text = NULL;

	if (!is_shipped(profile) || file_read(AT_FDCWD, SHIPPED, &text, NULL) < 0)
		return not_loaded(profile, err);
	ret->profile = strdup(profile);
	if (!ret->profile)
		return error_set(err, -ENOMEM, "AppArmor profile", "%s", profile);
	return apparmor_compile(text, profile, CACHE_DIR, &ret->program, &ret->size, err);
}

static int prepare_named(const char *profile, struct lsm_setup *ret,
			 struct lxc_error **err)
{
	int r = can_be_listed(profile) && is_loaded(profile) == 0
			? load_shipped(profile, ret, err)
			: 0;

	if (r < 0)
		return r;
	ret->label = strdup(profile);
	return ret->label ? 0
			  : error_set(err, -ENOMEM, "AppArmor profile", "%s", profile);
}

static const char *default_profile(void)
{
	return access("/proc/self/ns/cgroup", F_OK) == 0 ? "lxc-container-default-cgns"
							 : "lxc-container-default";
}

/*
 * A user, or root in a container: what he starts is confined as he is, and, where he asks for
 * nothing, by the profile that all containers share if somebody has loaded it.  In place of a
 * generated one that would be too narrow: an init such as systemd mounts.
 */
static int prepare_without_rights(const struct lsm_request *q, struct lsm_setup *ret,
				  struct lxc_error **err)
{
	const char *profile = default_profile();

	if (!q->label && is_loaded(profile) > 0)
		return prepare_named(profile, ret, err);
	ret->warning = strdup("lxc.apparmor.profile is skipped: who starts the container "
			      "may not load profiles");
	return ret->warning ? 0
			    : error_set(err, -ENOMEM, "AppArmor profile", "%s", profile);
}

static int prepare(const struct lsm_request *q, struct lsm_setup *ret,
		   struct lxc_error **err)
{
	const char *profile = q->label ? q->label : default_profile();
	bool confines = strcmp(profile, "unconfined");

	if (need(q->label) == LSM_IF_THERE && !may_load())
		return prepare_without_rights(q, ret, err);
	int r = confines ? no_mount_rules(q, err) : 0;
	if (r < 0)
		return r;
	if (!strcmp(profile, "generated"))
		return prepare_generated(q, ret, err);
	if (strlen(profile) < LSM_LABEL_MAX)
		return prepare_named(profile, ret, err);
	return error_set(err, -ENAMETOOLONG, "AppArmor profile", "%s", profile);
}

const struct lsm lsm_apparmor = {
	.name = "AppArmor",
	.key = "lxc.apparmor.profile",
	.hint = "set it to unconfined or generated, or remove it",
	.is_enabled = is_enabled,
	.need = need,
	.prepare = prepare,
	.check = check,
};
