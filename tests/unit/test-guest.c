/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a root file system tells about its init. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "core/guest.h"
#include "util/file.h"
#include "util/macro.h"

static char root[] = "/tmp/test-guest.XXXXXX";

static void put(const char *path)
{
	char full[256], dir[256];

	(void)snprintf(full, sizeof(full), "%s/%s", root, path);
	(void)snprintf(dir, sizeof(dir), "%.*s", (int)(strrchr(full, '/') - full), full);
	assert_int_equal(file_make_dirs(dir, 0755), 0);
	_cleanup_close_ int fd = open(full, O_WRONLY | O_CREAT | O_CLOEXEC, 0755);
	assert_true(fd >= 0);
}

static void put_link(const char *path, const char *target)
{
	char full[256];

	(void)snprintf(full, sizeof(full), "%s/%s", root, path);
	assert_int_equal(symlink(target, full), 0);
}

static int make(void **state)
{
	(void)state;
	return mkdtemp(root) ? 0 : -1;
}

static int clean(void **state)
{
	(void)state;
	(void)file_remove_tree(AT_FDCWD, root);
	return mkdir(root, 0755);
}

static int finish(void **state)
{
	(void)state;
	return file_remove_tree(AT_FDCWD, root);
}

static void test_no_init(void **state)
{
	(void)state;
	assert_int_equal(guest_systemd(root, "/sbin/init"), 0);
	assert_int_equal(guest_systemd("/no/such/root", "/sbin/init"), 0);
}

static void test_another_init(void **state)
{
	(void)state;
	put("sbin/init");
	put("usr/lib/systemd/libsystemd-shared-257.so");
	assert_int_equal(guest_systemd(root, "/sbin/init"), 0);
}

static const struct {
	const char *library;
	unsigned int version;
} libraries[] = {
	{ "usr/lib/systemd/libsystemd-shared-252.so", 252 },
	{ "usr/lib64/systemd/libsystemd-shared-256.7-1.fc41.so", 256 },
	{ "usr/lib/x86_64-linux-gnu/systemd/libsystemd-shared-257.so", 257 },
	{ "usr/lib/aarch64-linux-gnu/systemd/libsystemd-shared-262.so", 262 },
	{ "usr/lib/systemd/libsystemd-shared-.so", 0 },
	{ "usr/lib/systemd/libsystemd-shared-99999.so", 0 },
	{ "usr/lib/systemd/libother-shared-257.so", 0 },
};

static void test_libraries(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(libraries); i++) {
		put("usr/lib/systemd/systemd");
		put("usr/sbin/other");
		put_link("sbin", "usr/sbin");
		/* absolute: seen from inside */
		put_link("usr/sbin/init", "/usr/lib/systemd/systemd");
		put(libraries[i].library);
		assert_int_equal(guest_systemd(root, "/sbin/init"), libraries[i].version);
		assert_int_equal(guest_systemd(root, "/usr/sbin/other"), 0);
		assert_int_equal(clean(state), 0);
	}
}

/* Links of the container do not lead out of it. */
static void test_links(void **state)
{
	(void)state;
	put("usr/lib/systemd/systemd");
	put("sbin/other");
	put_link("sbin/init", "/usr/lib/systemd/systemd");
	put_link("usr/lib64", "../../../../../../../../usr/lib");
	put_link("usr/lib/x86_64-linux-gnu", "/proc/self/root/usr/lib/x86_64-linux-gnu");
	assert_int_equal(guest_systemd(root, "/sbin/init"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_no_init, clean),
		cmocka_unit_test_setup(test_another_init, clean),
		cmocka_unit_test_setup(test_libraries, clean),
		cmocka_unit_test_setup(test_links, clean),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, make, finish);
}
