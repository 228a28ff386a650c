/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the keys of a network interface hold. */
#include "conf/net-keys.h"

#include <ctype.h>
#include <linux/if_link.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "util/log.h"
#include "util/parse.h"

#define VLAN_MAX 4094
#define VLAN_UNSET (-1)
#define VLAN_NONE (-2)
#define ETHERNET_BYTES 6
#define INFINIBAND_BYTES 20
#define QUEUES_MAX 4096

void nic_reset(struct nic *nic)
{
	unsigned int index = nic->index;
	struct nic *next = nic->next;

	free(nic->hwaddr);
	free(nic->mtu);
	free(nic->addresses);
	free(nic->script_up);
	free(nic->script_down);
	free(nic->routes);
	free(nic->veth_tagged);
	*nic = (struct nic){ .index = index,
			     .next = next,
			     .veth_vlan = VLAN_UNSET,
			     .macvlan_mode = MACVLAN_MODE_PRIVATE,
			     .ipvlan_mode = IPVLAN_MODE_L3 };
}

/* --- type, flags, switches --- */

static int type_parse(struct nic *nic, const struct net_key *key,
		      const struct conf_item *it, const char *value,
		      struct lxc_error **err)
{
	nic_reset(nic);
	for (int i = NIC_UNSET + 1; i < NIC_TYPES; i++) {
		if (strcmp(nic_type_names[i], value))
			continue;
		nic->type = (enum nic_type)i;
		return 0;
	}
	(void)conf_fault_value(it, value, err, "is not a type of network");
	error_hint(err, "use veth, macvlan, ipvlan, vlan, phys, empty or none");
	return -EINVAL;
}

static void type_print(const struct nic *nic, const struct net_key *key, struct buf *out)
{
	const char *name = nic_type_names[nic->type];

	buf_str(out, name ? name : "(null)");
}

static void type_clear(struct nic *nic, const struct net_key *key)
{
	nic_reset(nic);
}

const struct net_type net_type_type = { type_parse, type_print, type_clear };

/* Any text has always meant "up". */
static int up_parse(struct nic *nic, const struct net_key *key,
		    const struct conf_item *it, const char *value, struct lxc_error **err)
{
	*NIC_MEMBER(nic, key, bool) = true;
	return 0;
}

static void up_print(const struct nic *nic, const struct net_key *key, struct buf *out)
{
	if (*NIC_MEMBER_CONST(nic, key, bool))
		buf_str(out, "up");
}

static void bool_clear(struct nic *nic, const struct net_key *key)
{
	*NIC_MEMBER(nic, key, bool) = false;
}

const struct net_type net_type_up = { up_parse, up_print, bool_clear };

static int bool_parse(struct nic *nic, const struct net_key *key,
		      const struct conf_item *it, const char *value,
		      struct lxc_error **err)
{
	if (parse_bool01(value, NIC_MEMBER(nic, key, bool)) < 0)
		return conf_fault_value(it, value, err, "is neither 0 nor 1");
	return 0;
}

static void bool_print(const struct nic *nic, const struct net_key *key, struct buf *out)
{
	buf_str(out, *NIC_MEMBER_CONST(nic, key, bool) ? "1" : "0");
}

const struct net_type net_type_bool = { bool_parse, bool_print, bool_clear };

/* --- texts --- */

/* Names that the kernel cannot hold have always been cut, and such files exist. */
static int ifname_parse(struct nic *nic, const struct net_key *key,
			const struct conf_item *it, const char *value,
			struct lxc_error **err)
{
	char *name = NIC_MEMBER(nic, key, char);

	if (strlen(value) >= IFNAMSIZ)
		log_warn("%s: '%s' is longer than %d bytes and has been cut", it->name,
			 value, IFNAMSIZ - 1);
	(void)snprintf(name, IFNAMSIZ, "%s", value);
	return 0;
}

static void ifname_print(const struct nic *nic, const struct net_key *key,
			 struct buf *out)
{
	buf_str(out, NIC_MEMBER_CONST(nic, key, char));
}

static void ifname_clear(struct nic *nic, const struct net_key *key)
{
	*NIC_MEMBER(nic, key, char) = '\0';
}

const struct net_type net_type_ifname = { ifname_parse, ifname_print, ifname_clear };

static int text_parse(struct nic *nic, const struct net_key *key,
		      const struct conf_item *it, const char *value,
		      struct lxc_error **err)
{
	return conf_replace(it, NIC_MEMBER(nic, key, char *), strdup(value), err);
}

static void text_print(const struct nic *nic, const struct net_key *key, struct buf *out)
{
	char *text = *NIC_MEMBER_CONST(nic, key, char *);

	if (text)
		buf_str(out, text);
}

static void text_clear(struct nic *nic, const struct net_key *key)
{
	char **text = NIC_MEMBER(nic, key, char *);

	free(*text);
	*text = NULL;
}

const struct net_type net_type_text = { text_parse, text_print, text_clear };

void hwaddr_fill(char *text)
{
	static const char digits[] = "0123456789abcdef";

	for (char *p = text; *p; p++) {
		unsigned char random = 0;

		if (*p != 'x' && *p != 'X')
			continue;
		/* never short or interrupted for one byte */
		(void)!getrandom(&random, 1, 0);
		/* the lowest bit of the first byte says "multicast" */
		*p = digits[p == text + 1 ? random & 0xe : random & 0xf];
	}
}

static bool is_hwaddr(const char *text)
{
	size_t bytes = 1;

	for (; isxdigit((unsigned char)text[0]) && isxdigit((unsigned char)text[1]);
	     text += 3, bytes++) {
		if (!text[2])
			return bytes == ETHERNET_BYTES || bytes == INFINIBAND_BYTES;
		if (text[2] != ':')
			return false;
	}
	return false;
}

static int hwaddr_parse(struct nic *nic, const struct net_key *key,
			const struct conf_item *it, const char *value,
			struct lxc_error **err)
{
	_cleanup_free_ char *text = strdup(value);

	if (!text)
		return conf_no_memory(it, err);
	hwaddr_fill(text);
	if (!is_hwaddr(text)) {
		(void)conf_fault_value(it, value, err, "is not a hardware address");
		error_hint(err, "use 00:16:3e:12:34:56; an x stands for a random digit");
		return -EINVAL;
	}
	return conf_replace(it, NIC_MEMBER(nic, key, char *), steal_ptr(text), err);
}

const struct net_type net_type_hwaddr = { hwaddr_parse, text_print, text_clear };

/* --- numbers and choices --- */

static int uint_parse(struct nic *nic, const struct net_key *key,
		      const struct conf_item *it, const char *value,
		      struct lxc_error **err)
{
	if (parse_uint(value, key->max, NIC_MEMBER(nic, key, unsigned int)) < 0)
		return conf_fault_value(it, value, err, "is not a number from 0 to %u",
					key->max);
	return 0;
}

static void uint_print(const struct nic *nic, const struct net_key *key, struct buf *out)
{
	buf_printf(out, "%u", *NIC_MEMBER_CONST(nic, key, unsigned int));
}

static void uint_clear(struct nic *nic, const struct net_key *key)
{
	*NIC_MEMBER(nic, key, unsigned int) = 0;
}

const struct net_type net_type_uint = { uint_parse, uint_print, uint_clear };

static int queues_parse(struct nic *nic, const struct net_key *key,
			const struct conf_item *it, const char *value,
			struct lxc_error **err)
{
	unsigned int n = 0;

	if (parse_uint(value, QUEUES_MAX, &n) < 0 || !n)
		return conf_fault_value(it, value, err, "is not a number from 1 to %d",
					QUEUES_MAX);
	*NIC_MEMBER(nic, key, int) = (int)n;
	return 0;
}

static void queues_print(const struct nic *nic, const struct net_key *key,
			 struct buf *out)
{
	int n = *NIC_MEMBER_CONST(nic, key, int);

	if (n)
		buf_printf(out, "%d", n);
}

static void int_clear(struct nic *nic, const struct net_key *key)
{
	*NIC_MEMBER(nic, key, int) = 0;
}

const struct net_type net_type_queues = { queues_parse, queues_print, int_clear };

static int choose(const struct net_key *key, const struct conf_item *it,
		  const char *value, int *ret_value, struct lxc_error **err)
{
	_cleanup_buf_ struct buf names = {};

	for (const struct net_choice *ch = key->choices; ch->name; ch++) {
		if (!strcmp(ch->name, value)) {
			*ret_value = ch->value;
			return 0;
		}
		buf_printf(&names, "%s%s",
			   ch == key->choices ? ""
			   : ch[1].name	      ? ", "
					      : " or ",
			   ch->name);
	}
	return conf_fault_value(it, value, err, "is not %s",
				names.data ? names.data : "");
}

static const char *chosen(const struct net_key *key, int value)
{
	for (const struct net_choice *ch = key->choices; ch->name; ch++)
		if (ch->value == value)
			return ch->name;
	return "";
}

static int choice_parse(struct nic *nic, const struct net_key *key,
			const struct conf_item *it, const char *value,
			struct lxc_error **err)
{
	return choose(key, it, value, NIC_MEMBER(nic, key, int), err);
}

static void choice_print(const struct nic *nic, const struct net_key *key,
			 struct buf *out)
{
	buf_str(out, chosen(key, *NIC_MEMBER_CONST(nic, key, int)));
}

static void choice_clear(struct nic *nic, const struct net_key *key)
{
	*NIC_MEMBER(nic, key, int) = key->choices->value;
}

const struct net_type net_type_choice = { choice_parse, choice_print, choice_clear };

static int router_parse(struct nic *nic, const struct net_key *key,
			const struct conf_item *it, const char *value,
			struct lxc_error **err)
{
	int router = 0, r = choose(key, it, value, &router, err);

	if (r == 0)
		*NIC_MEMBER(nic, key, bool) = router;
	return r;
}

static void router_print(const struct nic *nic, const struct net_key *key,
			 struct buf *out)
{
	buf_str(out, chosen(key, *NIC_MEMBER_CONST(nic, key, bool)));
}

const struct net_type net_type_router = { router_parse, router_print, bool_clear };

/* --- VLANs of a bridge port --- */

static int vlan_parse(struct nic *nic, const struct net_key *key,
		      const struct conf_item *it, const char *value,
		      struct lxc_error **err)
{
	unsigned int id = 0;

	if (!strcmp(value, "none")) {
		nic->veth_vlan = VLAN_NONE;
		return 0;
	}
	if (parse_uint(value, VLAN_MAX, &id) < 0)
		return conf_fault_value(it, value, err,
					"is neither none nor a number from 0 to %d",
					VLAN_MAX);
	nic->veth_vlan = (int)id;
	return 0;
}

static void vlan_print(const struct nic *nic, const struct net_key *key, struct buf *out)
{
	if (nic->veth_vlan == VLAN_NONE)
		buf_str(out, "none");
	else if (nic->veth_vlan >= 0)
		buf_printf(out, "%d", nic->veth_vlan);
}

static void vlan_clear(struct nic *nic, const struct net_key *key)
{
	nic->veth_vlan = VLAN_UNSET;
}

const struct net_type net_type_vlan = { vlan_parse, vlan_print, vlan_clear };

static int tagged_parse(struct nic *nic, const struct net_key *key,
			const struct conf_item *it, const char *value,
			struct lxc_error **err)
{
	uint16_t *grown;
	unsigned int id = 0;

	if (parse_uint(value, VLAN_MAX, &id) < 0)
		return conf_fault_value(it, value, err, "is not a number from 0 to %d",
					VLAN_MAX);
	grown = reallocarray(nic->veth_tagged, nic->n_veth_tagged + 1, sizeof(*grown));
	if (!grown)
		return conf_no_memory(it, err);
	grown[nic->n_veth_tagged++] = (uint16_t)id;
	nic->veth_tagged = grown;
	return 0;
}

static void tagged_print(const struct nic *nic, const struct net_key *key,
			 struct buf *out)
{
	for (size_t i = 0; i < nic->n_veth_tagged; i++)
		buf_printf(out, "%s%u", i ? "\n" : "", nic->veth_tagged[i]);
}

static void tagged_clear(struct nic *nic, const struct net_key *key)
{
	nic->n_veth_tagged = 0;
}

const struct net_type net_type_tagged = { tagged_parse, tagged_print, tagged_clear };
