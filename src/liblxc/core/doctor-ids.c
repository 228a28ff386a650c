/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Diagnosis of subordinate ids and of the programs that map them: subuid(5), newuidmap(1). */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "core/doctor.h"
#include "isolate/subid.h"
#include "util/file.h"
#include "util/parse.h"

#define IDS_OF_A_SYSTEM 65536 /* with fewer, nobody (65534) has no id */

struct range {
	char *owner; /* into the text */
	uint64_t first, count;
};

struct ranges {
	char *text;
	struct range *list;
	size_t n;
};

static void ranges_done(struct ranges *r)
{
	free(r->text);
	free(r->list);
}

/* Lines OWNER:FIRST:COUNT; others are passed over, as the programs do that map. */
static int load(const char *file, struct ranges *ret)
{
	int r = file_read(AT_FDCWD, file, &ret->text, NULL);

	for (char *rest = ret->text, *line; r == 0 && (line = strsep(&rest, "\n"));) {
		struct range one = { .owner = strsep(&line, ":") };
		const char *first = line ? strsep(&line, ":") : NULL;

		if (!first || !line || parse_decimal(first, UINT32_MAX, &one.first) < 0 ||
		    parse_decimal(line, UINT32_MAX, &one.count) < 0 || !one.count)
			continue;
		struct range *grown = realloc(ret->list, (ret->n + 1) * sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		ret->list = grown;
		ret->list[ret->n++] = one;
	}
	return r;
}

static void check_own(struct lxc_diagnosis *d, const struct doctor_check *c)
{
	bool gid = strstr(c->file, "gid");
	struct idmap_line line;
	char user[256];

	(void)doctor_user(user, sizeof(user));
	if (subid_first(geteuid(), gid, IDS_OF_A_SYSTEM, &line) == 0)
		doctor_ok(d, c, "%u for %s", line.range, user);
	else if (subid_first(geteuid(), gid, 1, &line) == 0)
		doctor_add(d, c, LXC_FINDING_WARNING, c->remedy,
			   "%s gives %s only %u, a system needs %d", c->file, user,
			   line.range, IDS_OF_A_SYSTEM);
	else if (geteuid() == 0)
		doctor_ok(d, c, "none for root, who may map any");
	else
		doctor_bad(d, c, "%s has no line for %s", c->file, user);
}

/* Two users with the same ids are the same user to each other's containers. */
static void check_overlap(struct lxc_diagnosis *d, const struct doctor_check *c)
{
	_cleanup_(ranges_done) struct ranges r = {};

	if (load(c->file, &r) < 0)
		return;
	for (size_t i = 0; i < r.n; i++)
		for (size_t j = 0; j < i; j++) {
			const struct range *a = &r.list[j], *b = &r.list[i];

			if (!strcmp(a->owner, b->owner) ||
			    a->first + a->count <= b->first ||
			    b->first + b->count <= a->first)
				continue;
			doctor_bad(d, c, "%s gives %s and %s the same ids from %llu",
				   c->file, a->owner, b->owner,
				   (unsigned long long)MAX(a->first, b->first));
			return;
		}
	doctor_ok(d, c, "%zu ranges, none of them shared", r.n);
}

/* Set-uid root, or with the file capability that does the same. */
static bool has_right(const char *file)
{
	struct stat st;

	return (stat(file, &st) == 0 && st.st_uid == 0 && (st.st_mode & S_ISUID)) ||
	       getxattr(file, "security.capability", NULL, 0) > 0;
}

static void check_program(struct lxc_diagnosis *d, const struct doctor_check *c)
{
	_cleanup_free_ char *file = doctor_program(c->name);

	if (file && has_right(file))
		doctor_ok(d, c, "%s", file);
	else if (geteuid() == 0)
		doctor_ok(d, c, "not usable by users; root needs none");
	else if (file)
		doctor_add(d, c, LXC_FINDING_PROBLEM,
			   "as root: chmod u+s on it, or reinstall the package uidmap",
			   "%s has not the right to map ids", file);
	else
		doctor_bad(d, c, "not found");
}

/* clang-format off */
#define IDS "as root: usermod --add-subuids 100000-165535 --add-subgids 100000-165535 USER"
#define UIDMAP "install the package uidmap"

const struct doctor_check doctor_ids[] = {
	{ "ids", "subordinate users",  check_own,     LXC_FINDING_PROBLEM, IDS, .file = "/etc/subuid" },
	{ "ids", "subordinate groups", check_own,     LXC_FINDING_PROBLEM, IDS, .file = "/etc/subgid" },
	{ "ids", "shared users",       check_overlap, LXC_FINDING_WARNING, "give each user a range of its own there", .file = "/etc/subuid" },
	{ "ids", "shared groups",      check_overlap, LXC_FINDING_WARNING, "give each user a range of its own there", .file = "/etc/subgid" },
	{ "ids", "newuidmap",          check_program, LXC_FINDING_PROBLEM, UIDMAP },
	{ "ids", "newgidmap",          check_program, LXC_FINDING_PROBLEM, UIDMAP },
	{ NULL }
};
