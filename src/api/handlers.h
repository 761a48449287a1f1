/* handlers.h -- Every handler the route table names, by file. */
#ifndef API_HANDLERS_H
#define API_HANDLERS_H
#include "api/api_priv.h"

/* session_api.c: who one is, signing in and out, set-up, the demo clock, health */
void api_sign_in(struct api *a, struct request *q);
void api_device_in(struct api *a, struct request *q);
void api_sign_out(struct api *a, struct request *q);
void api_setup(struct api *a, struct request *q);
void api_clock_put(struct api *a, struct request *q);
void api_health(struct api *a, struct request *q);
void api_metrics(struct api *a, struct request *q);
void api_document(struct api *a, struct request *q);
void api_stream(struct api *a, struct request *q);
void api_own_stream(struct api *a, struct request *q);
api_run api_info, api_session;

/* outlet_api.c: outlets and boards, as everybody may see them */
api_run api_outlets, api_outlet, api_board, api_live;

/* ticket_api.c: taking, one's own ticket, appointments */
api_run api_take, api_join, api_pass, api_own, api_own_leave, api_own_notify, api_own_check_in,
    api_own_reschedule, api_own_cancel, api_slots, api_book, api_ticket, api_ticket_after,
    api_ticket_after_token;
int ticket_small(int rc, const struct ticket *t, struct buf *answer);

/* window_api.c: the teller's desk */
api_run api_windows, api_desk, api_desk_after, api_window_in, api_window_out, api_window_pause,
    api_window_resume, api_window_next, api_window_call, api_window_recall, api_window_serve,
    api_window_end, api_window_no_show, api_window_park, api_window_transfer, api_window_return,
    api_window_undo;

void target_read(struct request *q, struct lobby_target *to);
const struct window_session *scene_session(const struct lobby_scene *s, window_id w);
const struct ticket *scene_ticket(const struct lobby_scene *s, ticket_id t);

/* floor_api.c: the floor manager's screen; hand_api.c: and hand */
void api_print(struct api *a, struct request *q);
api_run api_floor, api_day_open, api_day_stop, api_day_resume, api_day_close, api_move, api_void,
    api_class, api_courtesy, api_left, api_return, api_correct, api_rolls, api_blackout;

/* public_api.c: the flow chart, outlets nearby, tips */
void api_flow_paper(struct api *a, struct request *q);
api_run api_flow_chart, api_nearby, api_nearby_go, api_nearby_go_after, api_qr, api_tips,
    api_tips_all, api_tip_put;

/* advise_api.c: live advice */
api_run api_advice, api_advice_follow, api_advice_decline, api_advice_scores;

/* admin_api.c: settings, staff, devices; place_api.c: outlets, windows, services, hours, calendar
 */
api_run api_settings_get, api_settings_put, api_staff_list, api_staff_put, api_staff_patch,
    api_devices, api_device_put, api_device_patch, api_sign_ins, api_outlet_put, api_window_put,
    api_window_list, api_classes, api_class_put, api_service_put, api_services, api_rule_check,
    api_hours_put, api_calendar, api_calendar_put;

/* approve_api.c: what waits for a second person; limits by grade */
api_run api_approvals, api_approval, api_approval_approve, api_approval_reject,
    api_approval_withdraw, api_approval_after, api_approve_limits, api_approve_limits_put,
    api_counter_desk, api_counter_people;

/* books_api.c: the books; books_find_api.c: what is under a figure; account_api.c: an account */
api_run api_subjects, api_subject_put; /* chart_api.c */
api_run api_books, api_books_trial, api_books_subject, api_books_search, api_books_transfer,
    api_books_proofs, api_account_seen, api_account, api_lines_seen, api_lines, api_life_seen,
    api_life_line, api_statement_seen, api_statement, api_balance_seen;
/* cash_api.c, cash_road_api.c: drawers, vaults */
api_run api_cash_boxes, api_cash_box, api_cash_large, api_cash_not_closed, api_cash_box_put,
    api_cash_box_patch, api_cash_count, api_cash_recount, api_cash_hand_over, api_cash_change,
    api_cash_settings, api_cash_settings_put, api_cash_transfer, api_cash_send, api_cash_arrive,
    api_cash_supply;

/* counter_api.c: money at the counter; desk_api.c: customers and accounts there */
api_run api_counter_in, api_counter_out, api_counter_reverse, api_counter_transfer,
    api_counter_payee, api_counter_customers, api_counter_customer_seen, api_counter_customer,
    api_counter_customer_put, api_counter_customer_patch, api_counter_products, api_counter_open,
    api_counter_account_seen, api_counter_account, api_counter_quote, api_counter_close,
    api_counter_state;

/* ledger_api.c: orders to the ledger; ledger_account_api.c: its accounts */
/* Of a group of single orders: the accounts they name. */
void api_transfer_taken(struct request *q); /* before it goes to the door */
int api_transfers_ahead(struct call *c, void *const *orders, int n);
api_run api_transfer, api_transfers, api_transfer_get, api_hold_get, api_ledger_open,
    api_ledger_limits, api_ledger_freeze, api_ledger_stop, api_ledger_dormant, api_ledger_close,
    api_ledger_balance;

/* roster_api.c: weeks, absences, contracts; planner_api.c: forecast, what-if, needs;
 * planner_jobs.c: what takes seconds */
api_run api_roster, api_roster_check, api_roster_put, api_roster_publish, api_absences,
    api_absence_put, api_absence_end, api_contract_put, api_wish_put, api_roster_rules_put,
    api_duty, api_plan_forecast, api_plan_simulate, api_need_put, api_plan_staff, api_roster_solve,
    api_plan_job, api_plan_job_stop, api_plan_jobs;

/* office_api.c: the promise and the figures */
api_run api_promise, api_days, api_compare, api_flow, api_half_hours, api_tellers, api_tickets,
    api_audit, api_life;

/* deposit_api.c: one account of a customer; product_api.c: what is sold, and the day end */
api_run api_deposit_seen, api_deposit, api_deposit_patch, api_deposit_notice,
    api_deposit_notice_cancel, api_deposit_wake, api_deposit_release, api_deposit_orders_seen,
    api_deposit_orders, api_deposit_interest, api_deposit_order_put, api_order_patch,
    api_customer_merge, api_customer_alike, api_customer_looks, api_customer_part;
api_run api_products, api_product_put, api_rate_put, api_fees, api_fee_put, api_deposit_settings,
    api_deposit_settings_put, api_dayend, api_dayend_ask;
#endif
