/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Operations on network interfaces: ready-made messages are sent. */
#include <string.h>

#include "core/op-kinds.h"
#include "net/send.h"

/* A plan is mapped privately: its messages may be completed where they lie. */
static void *writable(struct run *run, struct plan_blob blob)
{
	return (void *)plan_data(run->plan, blob);
}

void print_link(const struct plan *plan, const struct op *op, struct buf *out)
{
	const struct op_link *o = (const void *)op;
	const char *bridge = plan_text(plan, o->bridge);

	buf_printf(out, "%s: veth %s", plan_text(plan, o->key),
		   plan_text(plan, o->host_name));
	if (bridge)
		buf_printf(out, " on %s", bridge);
}

int run_link(struct run *run, const struct op *op, struct lxc_error **err)
{
	const struct op_link *o = (const void *)op;
	struct net_reply reply = {};
	_cleanup_close_ int sock = net_open();

	if (sock < 0)
		return error_set(err, sock, "link", "netlink socket");
	net_patch_u32(writable(run, o->messages), o->pid_offset, run->pid);
	int r = net_send(sock, writable(run, o->messages), o->messages.size, &reply);
	/* a reboot finds its own link of before, which the kernel has not yet taken away */
	if (r == -EEXIST && run->again &&
	    net_delete(sock, plan_text(run->plan, o->host_name)) == 0)
		r = net_send(sock, writable(run, o->messages), o->messages.size, &reply);
	if (r == 0)
		return 0;
	error_set(err, r, "make", "%s (%s)", plan_text(run->plan, o->host_name),
		  plan_text(run->plan, o->key));
	if (*reply.text)
		error_detail(err, "%s: %s", reply.text, strerror(-r));
	if (r == -EEXIST)
		error_hint(err, "an interface of this name exists: ip link show %s",
			   plan_text(run->plan, o->host_name));
	return r;
}

/*
 * The kernel takes the pair away with the container's network namespace, some 20 ms later;
 * only a configured name has to be free again at once.
 */
void undo_link(struct run *run, const struct op *op)
{
	const struct op_link *o = (const void *)op;
	_cleanup_close_ int sock = o->keep_name ? net_open() : NO_FD;

	if (sock >= 0)
		(void)net_delete(sock, plan_text(run->plan, o->host_name));
}

void print_network(const struct plan *plan, const struct op *op, struct buf *out)
{
	const struct op_network *o = (const void *)op;
	const struct op_network_hole *holes = plan_data(plan, o->holes);
	size_t n = o->holes.size / sizeof(*holes);

	for (size_t i = 0; i < n; i++)
		buf_printf(out, "%s%s", i ? ", " : "", plan_text(plan, holes[i].what));
}

int run_network(struct run *run, const struct op *op, struct lxc_error **err)
{
	const struct op_network *o = (const void *)op;
	const struct op_network_hole *holes = plan_data(run->plan, o->holes);
	size_t n = o->holes.size / sizeof(*holes);
	struct net_reply reply = {};
	_cleanup_close_ int sock = net_open();

	if (sock < 0)
		return error_set(err, sock, "network", "netlink socket");
	for (size_t i = 0; i < n; i++) {
		if (!holes[i].index_offset)
			continue;
		int index = net_index(sock, plan_text(run->plan, holes[i].name));
		if (index < 0)
			return error_set(err, index, "network", "interface %s",
					 plan_text(run->plan, holes[i].name));
		net_patch_u32(writable(run, o->messages), holes[i].index_offset, index);
	}
	int r = net_send(sock, writable(run, o->messages), o->messages.size, &reply);
	if (r == 0)
		return 0;
	error_set(err, r, "network", "%s",
		  reply.failed < n ? plan_text(run->plan, holes[reply.failed].what) : "");
	if (*reply.text)
		error_detail(err, "%s: %s", reply.text, strerror(-r));
	return r;
}
