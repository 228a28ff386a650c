/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libnl is not linked: most commands send no network message, and to load it takes each of them
 * 10 system calls and a twentieth of its start.  Once loaded it stays.
 */
#include "net/libnl.h"

#include <dlfcn.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>

#include "util/macro.h"

#define LIBRARY "libnl-3.so.200"

/* clang-format off */
#define FUNCTIONS(F) \
	F(void *, nla_data, (const struct nlattr *a), (a)) \
	F(uint32_t, nla_get_u32, (const struct nlattr *a), (a)) \
	F(uint8_t, nla_get_u8, (const struct nlattr *a), (a)) \
	F(int, nla_len, (const struct nlattr *a), (a)) \
	F(int, nla_nest_end, (struct nl_msg *m, struct nlattr *a), (m, a)) \
	F(struct nlattr *, nla_nest_start, (struct nl_msg *m, int type), (m, type)) \
	F(int, nla_parse_nested, (struct nlattr **tb, int max, struct nlattr *a, \
	  const struct nla_policy *policy), (tb, max, a, policy)) \
	F(int, nla_put, (struct nl_msg *m, int type, int size, const void *data), \
	  (m, type, size, data)) \
	F(int, nla_put_string, (struct nl_msg *m, int type, const char *s), (m, type, s)) \
	F(int, nla_put_u32, (struct nl_msg *m, int type, uint32_t v), (m, type, v)) \
	F(int, nla_put_u8, (struct nl_msg *m, int type, uint8_t v), (m, type, v)) \
	F(size_t, nla_strlcpy, (char *to, const struct nlattr *a, size_t size), (to, a, size)) \
	F(struct nl_msg *, nlmsg_alloc_size, (size_t size), (size)) \
	F(int, nlmsg_append, (struct nl_msg *m, void *data, size_t size, int pad), \
	  (m, data, size, pad)) \
	F(void *, nlmsg_data, (const struct nlmsghdr *h), (h)) \
	F(int, nlmsg_datalen, (const struct nlmsghdr *h), (h)) \
	F(struct nlmsghdr *, nlmsg_hdr, (struct nl_msg *m), (m)) \
	F(struct nlmsghdr *, nlmsg_next, (struct nlmsghdr *h, int *left), (h, left)) \
	F(int, nlmsg_ok, (const struct nlmsghdr *h, int left), (h, left)) \
	F(int, nlmsg_parse, (struct nlmsghdr *h, int size, struct nlattr **tb, int max, \
	  const struct nla_policy *policy), (h, size, tb, max, policy)) \
	F(struct nlmsghdr *, nlmsg_put, (struct nl_msg *m, uint32_t pid, uint32_t seq, \
	  int type, int payload, int flags), (m, pid, seq, type, payload, flags))

#define DECLARE(type, name, parameters, arguments) __typeof__(name) *name;
#define LIST(type, name, parameters, arguments) { #name, offsetof(struct lib, name) },
#define DEFINE(type, name, parameters, arguments) \
	type name parameters { return lib.name arguments; }
/* clang-format on */

static struct lib {
	FUNCTIONS(DECLARE)
	__typeof__(nlmsg_free) *nlmsg_free;
} lib;

static const struct {
	const char *name;
	size_t offset;
} symbols[] = {
	FUNCTIONS(LIST){ "nlmsg_free", offsetof(struct lib, nlmsg_free) },
};

FUNCTIONS(DEFINE)

void nlmsg_free(struct nl_msg *m)
{
	if (m)
		lib.nlmsg_free(m);
}

static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool loaded;
static char why[200];

static void load(void)
{
	void *handle = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);

	loaded = handle != NULL;
	for (size_t i = 0; i < ARRAY_SIZE(symbols) && loaded; i++) {
		void *symbol = dlsym(handle, symbols[i].name);

		memcpy((char *)&lib + symbols[i].offset, &symbol, sizeof(symbol));
		loaded = symbol != NULL;
	}
	const char *text = loaded ? NULL : dlerror();
	if (text)
		(void)snprintf(why, sizeof(why), "%s", text);
}

int libnl_open(struct lxc_error **err)
{
	(void)pthread_once(&once, load);
	if (loaded)
		return 0;
	(void)error_set_code(err, -ENOSYS, LXC_ERROR_UNSUPPORTED, "load", "%s", LIBRARY);
	error_detail(err, "%s", why);
	error_hint(err, "install libnl 3.4 or newer (Debian: libnl-3-200)");
	return -ENOSYS;
}
