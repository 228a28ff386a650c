/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Diagnosis: the walk through the tables, and the findings. */
#include "core/doctor.h"

#include <dirent.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "conf/global.h"
#include "util/file.h"
#include "util/parse.h"
#include "util/path.h"

#define PROGRAM_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

static void add_v(struct lxc_diagnosis *d, const struct finding *base, const char *remedy,
		  const char *found, va_list args)
{
	_cleanup_buf_ struct buf text = {};
	struct finding *grown = realloc(d->list, (d->n + 1) * sizeof(*grown));

	if (!grown) {
		d->failed = true;
		return;
	}
	d->list = grown;
	buf_vprintf(&text, found, args);
	struct finding *f = &grown[d->n++];
	*f = *base;
	f->found = buf_steal(&text);
	f->remedy = remedy && f->status != LXC_FINDING_OK ? strdup(remedy) : NULL;
	if (!f->found || (remedy && f->status != LXC_FINDING_OK && !f->remedy))
		d->failed = true;
}

#define FINDING(c, s) (&(struct finding){ (s), (c)->subject, (c)->name, NULL, NULL })

void doctor_ok(struct lxc_diagnosis *d, const struct doctor_check *c, const char *found,
	       ...)
{
	va_list args;

	va_start(args, found);
	add_v(d, FINDING(c, LXC_FINDING_OK), NULL, found, args);
	va_end(args);
}

void doctor_bad(struct lxc_diagnosis *d, const struct doctor_check *c, const char *found,
		...)
{
	va_list args;

	va_start(args, found);
	add_v(d, FINDING(c, c->otherwise), c->remedy, found, args);
	va_end(args);
}

void doctor_add(struct lxc_diagnosis *d, const struct doctor_check *c,
		enum lxc_finding_status status, const char *remedy, const char *found,
		...)
{
	va_list args;

	va_start(args, found);
	add_v(d, FINDING(c, status), remedy, found, args);
	va_end(args);
}

/* --- what rows share --- */

/* What is merely optional is all right when missing; then the remedy says what needs it. */
static void missing(struct lxc_diagnosis *d, const struct doctor_check *c)
{
	if (c->otherwise == LXC_FINDING_OK)
		doctor_ok(d, c, "missing, but only %s needs it", c->remedy);
	else
		doctor_bad(d, c, "missing");
}

void doctor_probe(struct lxc_diagnosis *d, const struct doctor_check *c)
{
	if (c->probe())
		doctor_ok(d, c, "there");
	else
		missing(d, c);
}

void doctor_exists(struct lxc_diagnosis *d, const struct doctor_check *c)
{
	if (access(c->file, F_OK) == 0)
		doctor_ok(d, c, "there");
	else
		missing(d, c);
}

int doctor_number(const char *file, uint64_t *ret)
{
	_cleanup_free_ char *text = NULL;
	int r = file_read(AT_FDCWD, file, &text, NULL);

	if (r < 0)
		return r;
	text[strcspn(text, "\n")] = '\0';
	return parse_decimal(text, UINT64_MAX, ret);
}

void doctor_limit(struct lxc_diagnosis *d, const struct doctor_check *c)
{
	uint64_t value;

	if (doctor_number(c->file, &value) < 0)
		return; /* this kernel does not limit it */
	if (value >= c->least)
		doctor_ok(d, c, "%llu", (unsigned long long)value);
	else
		doctor_bad(d, c, "%s is %llu, below %llu", c->file + strlen("/proc/sys/"),
			   (unsigned long long)value, (unsigned long long)c->least);
}

char *doctor_program(const char *name)
{
	const char *path = getenv("PATH");
	_cleanup_buf_ struct buf where = {};

	buf_printf(&where, "%s:" PROGRAM_PATH, path ? path : "");
	_cleanup_strv_ char **dirs = where.data ? strv_split(where.data, ":") : NULL;
	for (char **dir = dirs; dir && *dir; dir++) {
		char *file = path_join(*dir, name);

		if (file && access(file, X_OK) == 0)
			return file;
		free(file);
	}
	return NULL;
}

const char *doctor_user(char *name, size_t size)
{
	char texts[4096];
	struct passwd entry, *found = NULL;

	if (getpwuid_r(geteuid(), &entry, texts, sizeof(texts), &found) == 0 && found)
		(void)snprintf(name, size, "%s", found->pw_name);
	else
		(void)snprintf(name, size, "%u", geteuid());
	return name;
}

/* --- whom and what to ask about --- */

static int list_containers(struct lxc_diagnosis *d)
{
	DIR *dir = opendir(d->lxcpath);
	int r = 0;

	if (!dir)
		return 0; /* a check of its own tells */
	for (struct dirent *e; r == 0 && (e = readdir(dir));) {
		_cleanup_free_ char *file = path_join(e->d_name, "config");

		if (e->d_name[0] != '.' && file &&
		    faccessat(dirfd(dir), file, F_OK, 0) == 0)
			r = strv_add(&d->names, e->d_name);
	}
	(void)closedir(dir);
	strv_sort(d->names);
	return r;
}

/* Names of all users that have subordinate ids, which a finding may tell. */
static int add_owners(struct redact *r, const char *file)
{
	_cleanup_free_ char *text = NULL;
	int result = 0;

	if (file_read(AT_FDCWD, file, &text, NULL) < 0)
		return 0;
	for (char *rest = text, *line; result == 0 && (line = strsep(&rest, "\n"));) {
		line[strcspn(line, ":")] = '\0';
		if (strcmp(line, "root"))
			result = redact_add(r, REDACT_USER, line);
	}
	return result;
}

static int add_secrets(struct lxc_diagnosis *d)
{
	const char *user = getenv("USER"), *sudo = getenv("SUDO_USER");
	char caller[256];
	struct utsname u = {};
	int r = 0;

	for (char **name = d->names; name && *name && r == 0; name++)
		r = redact_add(&d->secrets, REDACT_CONTAINER, *name);
	(void)uname(&u);
	if (r == 0)
		r = redact_add(&d->secrets, REDACT_HOST, u.nodename);
	u.nodename[strcspn(u.nodename, ".")] = '\0';
	if (r == 0)
		r = redact_add(&d->secrets, REDACT_HOST, u.nodename);
	/* that root exists is no secret, and the word stands in every other path */
	const char *const users[] = { user, sudo, doctor_user(caller, sizeof(caller)) };
	for (size_t i = 0; i < ARRAY_SIZE(users) && r == 0; i++)
		if (users[i] && strcmp(users[i], "root"))
			r = redact_add(&d->secrets, REDACT_USER, users[i]);
	if (r == 0)
		r = add_owners(&d->secrets, "/etc/subuid");
	return r == 0 ? add_owners(&d->secrets, "/etc/subgid") : r;
}

static int choose(struct lxc_diagnosis *d, const char *name, struct lxc_error **err)
{
	_cleanup_buf_ struct buf config = {};
	int r = path_check_old_name(name, err);

	if (r < 0)
		return r;
	buf_printf(&config, "%s/%s/config", d->lxcpath, name);
	r = buf_status(&config);
	if (r == 0 && access(config.data, F_OK) < 0) {
		r = error_set(err, -errno, "container", "%s", name);
		error_hint(err, "lxc-ls -P %s lists those that there are", d->lxcpath);
		return r;
	}
	d->names = strv_free(d->names);
	if (r == 0)
		r = strv_add(&d->names, name);
	return r < 0 ? error_set(err, r, "diagnosis", "%s", name) : 0;
}

static int begin(const char *lxcpath, const char *name, struct lxc_diagnosis *d,
		 struct lxc_error **err)
{
	d->lxcpath = path_simplify(lxcpath ? lxcpath : conf_global("lxc.lxcpath"));
	int r = d->lxcpath ? list_containers(d) : -ENOMEM;
	if (r == 0)
		r = add_secrets(d); /* of all, for one may name another */
	if (r == 0 && name)
		return choose(d, name, err);
	return r < 0 ? error_set(err, r, "diagnosis", "host") : 0;
}

int doctor_run(const char *lxcpath, const char *name, struct lxc_diagnosis **ret,
	       struct lxc_error **err)
{
	const struct doctor_check *const tables[] = {
		doctor_kernel, doctor_security, doctor_cgroup,
		doctor_ids,    doctor_network,	doctor_files,
	};
	_cleanup_(doctor_freep) struct lxc_diagnosis *d = calloc(1, sizeof(*d));
	int r = d ? begin(lxcpath, name, d, err)
		  : error_set(err, -ENOMEM, "diagnosis", "host");

	if (r < 0)
		return r;
	for (size_t i = 0; i < ARRAY_SIZE(tables) && !name; i++)
		for (const struct doctor_check *c = tables[i]; c->subject; c++)
			c->run(d, c);
	for (char **n = d->names; n && *n; n++)
		doctor_container(d, *n);
	if (d->failed)
		return error_set(err, -ENOMEM, "diagnosis", "%s", d->lxcpath);
	*ret = steal_ptr(d);
	return 0;
}

struct lxc_diagnosis *doctor_free(struct lxc_diagnosis *d)
{
	for (size_t i = 0; d && i < d->n; i++) {
		free(d->list[i].found);
		free(d->list[i].remedy);
	}
	if (d) {
		redact_done(&d->secrets);
		(void)strv_free(d->names);
		free(d->lxcpath);
		free(d->list);
	}
	free(d);
	return NULL;
}
