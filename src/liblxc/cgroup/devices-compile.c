/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Rules for access to devices.  The list is in one of two modes: what no rule names is denied
 * (allow-list, the beginning) or allowed (deny-list).  "deny = a" and "allow = a" choose the
 * mode and forget the rules so far.  A rule that equals an earlier one in type, numbers and
 * access turns it over; apart from that a deny rule has no effect in an allow-list, nor an
 * allow rule in a deny-list.
 *
 * An allow rule grants a request it covers as a whole, a deny rule refuses one it touches:
 * "deny = c 1:3 w" also stops an open for reading and writing, as on cgroup v1.
 */
#include "cgroup/devices.h"

#include <limits.h>
#include <stdlib.h>

#include "util/macro.h"

#define RULES_MAX 4096
#define ANY DEVICE_ANY

void devices_done(struct device_rules *rules)
{
	free(rules->list);
	*rules = (struct device_rules){};
}

/* --- list --- */

static bool is_everything(const struct device_rule *r)
{
	return r->type == 'a' && r->major == ANY && r->minor == ANY &&
	       r->access == DEVICE_ALL;
}

static void choose_mode(struct device_rules *rules, bool allow)
{
	devices_done(rules);
	rules->deny_list = allow;
	rules->emptied = !allow;
}

static struct device_rule *find_equal(struct device_rules *rules,
				      const struct device_rule *r)
{
	for (size_t i = 0; i < rules->n; i++) {
		struct device_rule *known = &rules->list[i];

		if (known->type == r->type && known->major == r->major &&
		    known->minor == r->minor && known->access == r->access)
			return known;
	}
	return NULL;
}

static int append(struct device_rules *rules, const struct device_rule *rule)
{
	struct device_rule *known = find_equal(rules, rule);

	if (known) {
		known->allow = rule->allow;
		return 0;
	}
	if (rules->n >= RULES_MAX)
		return -E2BIG;
	struct device_rule *list =
		realloc(rules->list, (rules->n + 1) * sizeof(*rules->list));
	if (!list)
		return -ENOMEM;
	list[rules->n++] = *rule;
	rules->list = list;
	return 0;
}

int devices_add_rule(struct device_rules *rules, const struct device_rule *rule)
{
	if (!is_everything(rule))
		return append(rules, rule);
	choose_mode(rules, rule->allow);
	return 0;
}

/* --- program --- */

/* Registers: the result, what the context said, and one to compute in. */
enum { RESULT = 0, CONTEXT = 1, SCRATCH = 1, ACCESS = 2, TYPE = 3, MAJOR = 4, MINOR = 5 };

/* The longest rule, and what stands before and after the rules. */
#define RULE_INSNS 8
#define FRAME_INSNS 8

struct emitter {
	struct bpf_insn *insns;
	size_t n;
};

static void emit(struct emitter *e, int code, int dst, int src, int off, int imm)
{
	e->insns[e->n++] = (struct bpf_insn){
		.code = code, .dst_reg = dst, .src_reg = src, .off = off, .imm = imm
	};
}

#define LOAD32 (BPF_LDX | BPF_MEM | BPF_W)

static void emit_start(struct emitter *e)
{
	emit(e, LOAD32, MAJOR, CONTEXT, offsetof(struct bpf_cgroup_dev_ctx, major), 0);
	emit(e, LOAD32, MINOR, CONTEXT, offsetof(struct bpf_cgroup_dev_ctx, minor), 0);
	emit(e, LOAD32, TYPE, CONTEXT, offsetof(struct bpf_cgroup_dev_ctx, access_type),
	     0);
	emit(e, BPF_ALU | BPF_MOV | BPF_X, ACCESS, TYPE, 0, 0);
	emit(e, BPF_ALU | BPF_RSH | BPF_K, ACCESS, 0, 0, 16);
	emit(e, BPF_ALU | BPF_AND | BPF_K, TYPE, 0, 0, 0xffff);
}

static void emit_return(struct emitter *e, bool allow)
{
	emit(e, BPF_ALU | BPF_MOV | BPF_K, RESULT, 0, 0, allow);
	emit(e, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
}

/* The conditions, each of which jumps behind the rule when it does not hold, and the result. */
static void emit_rule(struct emitter *e, const struct device_rule *r)
{
	size_t start = e->n;
	int unlike = BPF_JMP | BPF_JNE | BPF_K;

	if (r->type != 'a')
		emit(e, unlike, TYPE, 0, 0,
		     r->type == 'c' ? BPF_DEVCG_DEV_CHAR : BPF_DEVCG_DEV_BLOCK);
	if (r->major != ANY)
		emit(e, unlike, MAJOR, 0, 0, r->major);
	if (r->minor != ANY)
		emit(e, unlike, MINOR, 0, 0, r->minor);
	if (r->access != DEVICE_ALL) {
		unsigned int mask = r->allow ? ~r->access : r->access;

		emit(e, BPF_ALU | BPF_MOV | BPF_X, SCRATCH, ACCESS, 0, 0);
		emit(e, BPF_ALU | BPF_AND | BPF_K, SCRATCH, 0, 0, (int)mask);
		emit(e, r->allow ? unlike : BPF_JMP | BPF_JEQ | BPF_K, SCRATCH, 0, 0, 0);
	}
	emit_return(e, r->allow);
	for (size_t i = start; i < e->n; i++)
		if (BPF_CLASS(e->insns[i].code) == BPF_JMP &&
		    BPF_OP(e->insns[i].code) != BPF_EXIT)
			e->insns[i].off = e->n - i - 1;
}

/*
 * Without rules nothing is confined; but a lone "deny = a" denies every device, as it says
 * and as it does on cgroup v1 (classic liblxc attaches nothing then).
 */
static bool is_needed(const struct device_rules *rules)
{
	if (!rules->deny_list)
		return rules->n || rules->emptied;
	for (size_t i = 0; i < rules->n; i++)
		if (!rules->list[i].allow)
			return true;
	return false;
}

int devices_compile(const struct device_rules *rules, struct bpf_insn **ret,
		    size_t *ret_n)
{
	if (!is_needed(rules)) {
		*ret = NULL;
		*ret_n = 0;
		return 0;
	}
	struct emitter e = {
		.insns = calloc(rules->n * RULE_INSNS + FRAME_INSNS, sizeof(*e.insns)),
	};
	if (!e.insns)
		return -ENOMEM;
	emit_start(&e);
	for (size_t i = rules->n; i-- > 0;)
		if (rules->list[i].allow != rules->deny_list)
			emit_rule(&e, &rules->list[i]);
	emit_return(&e, rules->deny_list);
	*ret = e.insns;
	*ret_n = e.n;
	return 0;
}

int devices_compile_all(struct bpf_insn **ret, size_t *ret_n)
{
	struct emitter e = { .insns = calloc(FRAME_INSNS, sizeof(*e.insns)) };

	if (!e.insns)
		return -ENOMEM;
	emit_return(&e, true);
	*ret = e.insns;
	*ret_n = e.n;
	return 0;
}
