/* Actions in place of answers, and rewards in place of labels (loss: actor_critic).
 *
 * The readouts 0 .. n-1, averaged over a question's judged steps, are the logits of a policy pi, from which the action a_q is drawn;
 * readout n, likewise averaged, is the critic's value V_q: the reward that is still to come. With r_q the reward for a_q
 *
 *     delta_q = r_q + gamma V_{q+1} - V_q                              temporal-difference error; V after the last question: 0
 *     A_q     = sum_{p >= q} (gamma lambda)^(p - q) delta_p            advantage (Schulman et al. 2016, "GAE")
 *     E       = sum_q -A_q log pi(a_q) + c_V / 2 (R_q - V_q)^2 - c_H H(pi_q),   R_q = A_q + V_q; A and R count as constants
 *
 * so the learning signal of the policy is A (pi - onehot(a)) and that of the value -c_V A. Without shape.classes an action is n numbers,
 * Gaussian with mean mu (the readouts 0 .. n-1) and deviation sigma: then the signal is A (mu - a) / sigma^2, and H does not change. Reward-based e-prop (Bellec et al. 2020,
 * Nat. Commun. 11:3625) multiplies delta_p, when it is known, with a trace of L_q e_q that fades by gamma lambda from question
 * to question: the same sum in another order, as the weights change after the trial only. */
#ifndef ACTOR_H
#define ACTOR_H

#include "learning.h"

/* Question q is over: averages its readouts into tape.decided, and draws an action, which becomes tape.decision[q].action, that of the
 * question, and (1 at the action, else 0; or the numbers) its answer. Chance depends on the trial and q alone; the stream may be used further. */
lsnn_random actor_choose(const actor_settings *settings, tape *tp, const network *net, int q);
/* The same, when tape.pooled holds the averages of the one question. */
void actor_choose_pooled(const actor_settings *settings, tape *tp);

/* For tasks with labels: 1 for the right action, -1 for another. */
void actor_reward(tape *tp, int q);

/* From decisions and rewards to tape.loss, minus the sum of the rewards, and scale x dE/dy in the judged steps of tape.output. */
void actor_judge(const actor_settings *settings, const network *net, tape *tp, double scale);
/* The same into tape.pooled. */
void actor_judge_pooled(const actor_settings *settings, tape *tp, double scale);

#endif
