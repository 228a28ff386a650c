/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Texts that name files and containers. */
#include "util/path.h"

#include <string.h>

#include "util/buf.h"

#define NAME_MAX_NEW 63
#define NAME_MAX_OLD 255

char *path_simplify(const char *path)
{
	_cleanup_buf_ struct buf b = {};

	if (*path == '/')
		buf_char(&b, '/');
	for (const char *p = path + strspn(path, "/"); *p; p += strspn(p, "/")) {
		size_t n = strcspn(p, "/");

		if (n != 1 || *p != '.') {
			if (b.size && b.data[b.size - 1] != '/')
				buf_char(&b, '/');
			buf_add(&b, p, n);
		}
		p += n;
	}
	return buf_steal(&b);
}

char *path_join(const char *a, const char *b)
{
	_cleanup_buf_ struct buf out = {};
	size_t n = strlen(a);

	while (n > 1 && a[n - 1] == '/')
		n--;
	buf_add(&out, a, n);
	if (n && a[n - 1] != '/')
		buf_char(&out, '/');
	buf_str(&out, b + strspn(b, "/"));
	return buf_steal(&out);
}

bool path_has_dotdot(const char *path)
{
	for (const char *p = path; *p; p += strspn(p, "/")) {
		size_t n = strcspn(p, "/");

		if (n == 2 && p[0] == '.' && p[1] == '.')
			return true;
		p += n;
	}
	return false;
}

const char *path_runtime(void)
{
	static _Thread_local char below_home[512];
	bool root = geteuid() == 0;
	const char *own = root ? NULL : getenv("XDG_RUNTIME_DIR");
	const char *home = root ? NULL : getenv("HOME");

	/* without a login session there is none, or it is another user's */
	if (own && *own == '/' && access(own, W_OK) == 0)
		return own;
	if (!home || *home != '/')
		return PATH_RUNSTATE;
	int n = snprintf(below_home, sizeof(below_home), "%s/.cache/lxc/run", home);
	return n < (int)sizeof(below_home) ? below_home : PATH_RUNSTATE;
}

static int bad_name(const char *name, int r, const char *why, struct lxc_error **err)
{
	_cleanup_buf_ struct buf shown = {};
	_cleanup_free_ char *copy = strndup(name, NAME_MAX_NEW);

	buf_printable(&shown, copy ? copy : "");
	if (strlen(name) > NAME_MAX_NEW)
		buf_str(&shown, "…");
	error_set(err, r, "name", "'%s'", shown.data ? shown.data : "");
	error_detail(err, "%s", why);
	error_hint(err,
		   "use up to 63 letters, digits, '-', '_' and '.', beginning with a "
		   "letter or digit");
	return r;
}

int path_check_name(const char *name, struct lxc_error **err)
{
	static const char alnum[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789_.-";

	if (!*name)
		return bad_name(name, -EINVAL, "a name cannot be empty", err);
	if (strlen(name) > NAME_MAX_NEW)
		return bad_name(name, -ENAMETOOLONG, "longer than 63 characters", err);
	if (strchr("_.-", *name))
		return bad_name(name, -EINVAL, "begins with neither a letter nor a digit",
				err);
	if (name[strspn(name, alnum)])
		return bad_name(name, -EINVAL,
				"holds a character that a name cannot have", err);
	return 0;
}

int path_check_old_name(const char *name, struct lxc_error **err)
{
	if (!*name)
		return bad_name(name, -EINVAL, "a name cannot be empty", err);
	if (strlen(name) > NAME_MAX_OLD)
		return bad_name(name, -ENAMETOOLONG, "longer than 255 bytes", err);
	if (!strcmp(name, ".") || !strcmp(name, "..") || strchr(name, '/'))
		return bad_name(name, -EINVAL, "not a name but a path", err);
	for (const char *p = name; *p; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			return bad_name(name, -EINVAL, "holds a control character", err);
	return 0;
}
