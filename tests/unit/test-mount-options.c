/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Mount options and fstab lines taken apart. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>

#include "mount/options.h"
#include "util/syscall.h"

#define ATIME MOUNT_ATTR__ATIME
#define NOSYMFOLLOW 0x00200000

/* --- attributes --- */

static const struct {
	const char *text;
	uint64_t set, clear;
} attributes[] = {
	{ "", 0, 0 },
	{ "defaults", 0, 0 },
	{ "ro", MOUNT_ATTR_RDONLY, 0 },
	{ "rw", 0, MOUNT_ATTR_RDONLY },
	{ "nosuid", MOUNT_ATTR_NOSUID, 0 },
	{ "suid", 0, MOUNT_ATTR_NOSUID },
	{ "nodev", MOUNT_ATTR_NODEV, 0 },
	{ "dev", 0, MOUNT_ATTR_NODEV },
	{ "noexec", MOUNT_ATTR_NOEXEC, 0 },
	{ "exec", 0, MOUNT_ATTR_NOEXEC },
	{ "nodiratime", MOUNT_ATTR_NODIRATIME, 0 },
	{ "diratime", 0, MOUNT_ATTR_NODIRATIME },
	{ "nosymfollow", NOSYMFOLLOW, 0 },
	/* the four about access times are one field */
	{ "atime", 0, ATIME },
	{ "noatime", MOUNT_ATTR_NOATIME, ATIME },
	{ "relatime", MOUNT_ATTR_RELATIME, ATIME },
	{ "norelatime", 0, ATIME },
	{ "strictatime", MOUNT_ATTR_STRICTATIME, ATIME },
	{ "nostrictatime", 0, ATIME },
	/* of the file system, and nothing to be done */
	{ "async,sync,dirsync,lazytime,mand,nomand", 0, 0 },
	/* several, of which the last of a kind counts */
	{ "ro,nosuid,nodev,noexec",
	  MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC,
	  0 },
	{ "ro,rw", 0, MOUNT_ATTR_RDONLY },
	{ "rw,ro", MOUNT_ATTR_RDONLY, 0 },
	{ "ro,defaults", MOUNT_ATTR_RDONLY, 0 },
	{ "nodev,dev,nodev,dev", 0, MOUNT_ATTR_NODEV },
	{ "noatime,strictatime", MOUNT_ATTR_STRICTATIME, ATIME },
	{ "strictatime,noatime", MOUNT_ATTR_NOATIME, ATIME },
	{ "noatime,relatime", 0, ATIME },
	{ "noatime,atime", 0, ATIME },
	{ "atime,noatime,ro", MOUNT_ATTR_NOATIME | MOUNT_ATTR_RDONLY, ATIME },
	{ ",,ro,,", MOUNT_ATTR_RDONLY, 0 },
};

static void test_attributes(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(attributes); i++) {
		_cleanup_mount_options_ struct mount_options o = {};

		assert_int_equal(mount_options_parse(attributes[i].text, &o), 0);
		if (o.attr_set != attributes[i].set ||
		    o.attr_clear != attributes[i].clear)
			fail_msg("%s: +%#" PRIx64 " -%#" PRIx64, attributes[i].text,
				 o.attr_set, o.attr_clear);
		assert_null(o.data);
		assert_null(o.idmap);
		assert_false(o.bind || o.recursive || o.optional || o.propagation);
	}
}

static const struct {
	const char *text;
	uint64_t propagation;
	bool recursive;
} propagations[] = {
	{ "private", MS_PRIVATE, false },
	{ "rprivate", MS_PRIVATE, true },
	{ "shared", MS_SHARED, false },
	{ "rshared", MS_SHARED, true },
	{ "slave", MS_SLAVE, false },
	{ "rslave", MS_SLAVE, true },
	{ "unbindable", MS_UNBINDABLE, false },
	{ "runbindable", MS_UNBINDABLE, true },
	{ "rslave,shared", MS_SHARED, false },
	{ "ro,rprivate,nosuid", MS_PRIVATE, true },
};

static void test_propagation(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(propagations); i++) {
		_cleanup_mount_options_ struct mount_options o = {};

		assert_int_equal(mount_options_parse(propagations[i].text, &o), 0);
		assert_true(o.propagation == propagations[i].propagation);
		assert_int_equal(o.propagation_recursive, propagations[i].recursive);
		assert_null(o.data);
	}
}

/* --- switches and what is left for the file system --- */

static const struct {
	const char *text;
	struct mount_options expected;
	const char *idmap, *data;
} switches[] = {
	{ "bind", { .bind = true } },
	{ "rbind", { .bind = true, .recursive = true } },
	{ "rbind,bind", { .bind = true, .recursive = true } },
	{ "move", { .move = true } },
	{ "remount", { .remount = true } },
	{ "create=dir", { .create_dir = true } },
	{ "create=file", { .create_file = true } },
	{ "optional", { .optional = true } },
	{ "relative", { .relative = true } },
	{ "sync,dirsync", { .sync = true, .dirsync = true } },
	{ "lazytime", { .lazytime = true } },
	{ "bind,create=dir,optional",
	  { .bind = true, .create_dir = true, .optional = true } },
	{ "idmap=container", {}, "container" },
	{ "idmap=/proc/1/ns/user,idmap=x", {}, "x" },
	{ "idmap=", {}, "" },
	{ "size=10M", {}, NULL, "size=10M" },
	{ "ro,size=10M,mode=755,nosuid", {}, NULL, "size=10M,mode=755" },
	{ "create=other", {}, NULL, "create=other" },
	{ "RO,Bind", {}, NULL, "RO,Bind" },
	{ "optionally,binds,x", {}, NULL, "optionally,binds,x" },
	{ "lowerdir=/a:/b,upperdir=/c d", {}, NULL, "lowerdir=/a:/b,upperdir=/c d" },
};

static void expect_text(const char *text, const char *expected)
{
	assert_int_equal(!text, !expected);
	if (text)
		assert_string_equal(text, expected);
}

static void test_switches(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(switches); i++) {
		_cleanup_mount_options_ struct mount_options o = {};
		const struct mount_options *e = &switches[i].expected;

		assert_int_equal(mount_options_parse(switches[i].text, &o), 0);
		assert_int_equal(o.bind, e->bind);
		assert_int_equal(o.recursive, e->recursive);
		assert_int_equal(o.move, e->move);
		assert_int_equal(o.remount, e->remount);
		assert_int_equal(o.create_dir, e->create_dir);
		assert_int_equal(o.create_file, e->create_file);
		assert_int_equal(o.optional, e->optional);
		assert_int_equal(o.relative, e->relative);
		assert_int_equal(o.sync, e->sync);
		assert_int_equal(o.dirsync, e->dirsync);
		assert_int_equal(o.lazytime, e->lazytime);
		expect_text(o.idmap, switches[i].idmap);
		expect_text(o.data, switches[i].data);
	}
}

/* --- lines --- */

static const struct {
	const char *line;
	int r;
	const char *source, *target, *type, *data;
	uint64_t set;
} lines[] = {
	{ "", -EINVAL },
	{ "  \t ", -EINVAL },
	{ "proc", -EINVAL },
	{ "proc proc", -EINVAL },
	{ "proc proc proc", 0, "proc", "proc", "proc", NULL, 0 },
	{ "proc proc proc ro", 0, "proc", "proc", "proc", NULL, MOUNT_ATTR_RDONLY },
	{ "tmpfs tmp tmpfs ro,size=1M 0 0", 0, "tmpfs", "tmp", "tmpfs", "size=1M",
	  MOUNT_ATTR_RDONLY },
	{ " /a\t \tb\tnone   nosuid ", 0, "/a", "b", "none", NULL, MOUNT_ATTR_NOSUID },
	{ "/a\\040b c\\011d none x=\\040", 0, "/a b", "c\td", "none", "x= ", 0 },
	{ "/a\\134b \\012 none", 0, "/a\\b", "\n", "none", NULL, 0 },
	{ "\\040\\040 \\303\\244 t\\171pe", 0, "  ", "ä", "type", NULL, 0 },
	/* no escapes: too short, no octal digits, more than a byte */
	{ "a\\04 b\\08x c\\400", 0, "a\\04", "b\\08x", "c\\400", NULL, 0 },
	{ "a\\ b\\\\ c\\x20", 0, "a\\", "b\\\\", "c\\x20", NULL, 0 },
	/* what was decoded is not decoded again */
	{ "a\\134040b c d", 0, "a\\040b", "c", "d", NULL, 0 },
};

static void test_lines(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		_cleanup_mount_entry_ struct mount_entry e = {};

		assert_int_equal(mount_entry_parse(lines[i].line, &e), lines[i].r);
		expect_text(e.source, lines[i].source);
		expect_text(e.target, lines[i].target);
		expect_text(e.type, lines[i].type);
		expect_text(e.options.data, lines[i].data);
		assert_true(e.options.attr_set == lines[i].set);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_attributes),
		cmocka_unit_test(test_propagation),
		cmocka_unit_test(test_switches),
		cmocka_unit_test(test_lines),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
