/* routes.c -- The route table: the one place that says who may ask what. */
#include "api/handlers.h"
#include "base/banned.h"

#define DESK  (ROLE_TELLER | ROLE_FLOOR | ROLE_HEAD | ROLE_ADMIN)
#define FLOOR (ROLE_FLOOR | ROLE_HEAD | ROLE_ADMIN)
#define SEE   (ROLE_FLOOR | ROLE_HEAD | ROLE_OFFICE | ROLE_AUDITOR | ROLE_ADMIN)
#define STAFF (SEE | ROLE_TELLER)
#define MONEY (ROLE_TELLER | ROLE_FLOOR | ROLE_HEAD | ROLE_OFFICE)
#define HEAD  (ROLE_HEAD | ROLE_ADMIN)

#define GET_OWN(p, f, s)                                                          \
    {                                                                             \
        HTTP_GET, p, 0, ROUTE_OWN, ROUTE_ANY_OUTLET, NULL, NULL, f, s, NULL, NULL \
    }
#define POST_OWN(p, fl, f, s, b)                                    \
    {                                                               \
        HTTP_POST, p, 0, ROUTE_OWN, (fl), NULL, NULL, f, s, b, NULL \
    }
#define GET(p, r, f, s, a)                                         \
    {                                                              \
        HTTP_GET, p, (r), ROUTE_READ, 0, f, NULL, NULL, s, NULL, a \
    }
#define GET_ANY(p, f, s, a)                                                     \
    {                                                                           \
        HTTP_GET, p, 0, ROUTE_READ, ROUTE_ANY_OUTLET, f, NULL, NULL, s, NULL, a \
    }
#define SLOW(p, r, f, s, a)                                        \
    {                                                              \
        HTTP_GET, p, (r), ROUTE_SLOW, 0, f, NULL, NULL, s, NULL, a \
    }
#define POST(p, r, f, af, s, b, a)                              \
    {                                                           \
        HTTP_POST, p, (r), ROUTE_WRITE, 0, f, af, NULL, s, b, a \
    }
#define PUT(p, r, f, s, b, a)                                    \
    {                                                            \
        HTTP_PUT, p, (r), ROUTE_WRITE, 0, f, NULL, NULL, s, b, a \
    }
#define PUBLIC(p, f, af, s, b, a)                                       \
    {                                                                   \
        HTTP_POST, p, 0, ROUTE_WRITE, ROUTE_RATED, f, af, NULL, s, b, a \
    }
/* A read of somebody's account: who looked is an event before anything is shown. */
#define LOOK(p, r, f, af, s, a)                                              \
    {                                                                        \
        HTTP_GET, p, (r), ROUTE_WRITE, ROUTE_NO_KEY, f, af, NULL, s, NULL, a \
    }
/* A slow read that shows customers: each one shown is an event before the answer goes out. */
#define SEEN(p, r, f, s, a)                                        \
    {                                                              \
        HTTP_GET, p, (r), ROUTE_SEEN, 0, f, NULL, NULL, s, NULL, a \
    }
#define BOOKS    (ROLE_HEAD | ROLE_OFFICE | ROLE_AUDITOR | ROLE_ADMIN)
#define APPROVAL "/api/approvals/{approval}"
#define CUSTOMER "/api/counter/customers/{customer}"
#define BOX      "/api/cash/boxes/{box}"
#define POSTS    (ROLE_TELLER | ROLE_HEAD | ROLE_OFFICE | ROLE_ADMIN)
#define BACK     (ROLE_HEAD | ROLE_OFFICE | ROLE_ADMIN)
/* Orders whose own id is the request key. */
#define ORDERS(p, f, s, b, a)                                                              \
    {                                                                                      \
        HTTP_POST, p, POSTS, ROUTE_WRITE, ROUTE_NO_KEY | ROUTE_RAW, f, NULL, NULL, s, b, a \
    }
#define DEPOSIT "/api/deposits/{number}"
#define PRODUCT_BODY                                                                        \
    "code:text kind:text name_zh:text name_en:text currency:text subject:text day_base:int" \
    " term_months:int notice_days:int min_amount:text persons:bool companies:bool active:bool"
/* A question with a body: writes nothing. */
#define ASK(p, r, k, f, s, b, a)                          \
    {                                                     \
        HTTP_POST, p, (r), (k), 0, f, NULL, NULL, s, b, a \
    }
#define WINDOW              "/api/windows/{window}"
#define OUTLET              "/api/outlets/{outlet}"
#define OWN                 "/api/tickets/{token}"
#define ACCOUNT             "/api/books/accounts/{account}"
#define TICKET              "/api/tickets/id/{ticket}"
#define STEP(name, f, s, b) POST(WINDOW name, DESK, f, api_desk_after, s, b, "Desk")
#define HAND(name, f, s, b) POST(TICKET name, FLOOR, f, api_ticket_after, s, b, "Ticket")

const struct route api_routes[] = {
    /* what serves every page */
    GET_OWN("/healthz", api_health,
            "alive, and the database answers; writes: ok, full (no room), failing (see the log); "
            "history:"
            " ok, behind (a fault, see the log), damaged (made again at the next start)"),
    GET_OWN("/metrics", api_metrics, "numbers for Prometheus"),
    GET_OWN("/api/openapi.json", api_document, "this document"),
    GET_ANY("/api/info", api_info, "the bank, its clock, the demo's sign-ins", "Info"),
    GET_ANY("/api/session", api_session, "who one is", "Session"),
    POST_OWN("/api/session", ROUTE_RATED, api_sign_in, "sign in", "username:text! password:text!"),
    POST_OWN("/api/session/device", ROUTE_RATED, api_device_in, "sign a kiosk or board in",
             "token:text!"),
    { HTTP_DELETE, "/api/session", 0, ROUTE_OWN, 0, NULL, NULL, api_sign_out, "sign out", NULL,
      NULL },
    POST_OWN("/api/setup", ROUTE_RATED, api_setup, "make the first administrator",
             "token:text! username:text! name:text! password:text!"),
    POST_OWN("/api/demo/clock", 0, api_clock_put, "set the demo bank's clock",
             "speed:int! paused:bool"),
    /* outlets, as everybody may see them */
    { HTTP_GET, "/api/outlets", 0, ROUTE_SLOW, ROUTE_ANY_OUTLET, api_outlets, NULL, NULL,
      "all outlets, and how busy they are", NULL, "Outlets" },
    GET_ANY(OUTLET, api_outlet, "one outlet (by id or code) with services and hours", "Outlet"),
    GET_ANY(OUTLET "/board", api_board, "the wall: who is called where", "Board"),
    GET_OWN(OUTLET "/stream", api_stream, "event stream of an outlet"),
    /* taking a number */
    POST(OUTLET "/tickets", ROLE_KIOSK | FLOOR, api_take, api_ticket_after_token,
         "take a number at the kiosk or by the floor manager",
         "service_id:int! more_service_ids:ints class:text card:text phone:text courtesy:bool",
         "Ticket"),
    PUBLIC(OUTLET "/join", api_join, api_ticket_after_token, "take a number by phone",
           "service_id:int! more_service_ids:ints pass:text! phone:text courtesy:bool", "Ticket"),
    GET(OUTLET "/pass", ROLE_KIOSK | ROLE_BOARD | FLOOR, api_pass, "today's QR for phones", "Pass"),
    /* a customer's own ticket */
    GET_ANY(OWN, api_own, "one's own ticket", "Ticket"),
    GET_OWN(OWN "/stream", api_own_stream, "event stream of one's own ticket"),
    PUBLIC(OWN "/leave", api_own_leave, api_ticket_after_token, "give up", "", "Ticket"),
    PUBLIC(OWN "/notify", api_own_notify, api_ticket_after_token, "tell me when n are ahead",
           "ahead:int!", "Ticket"),
    /* appointments */
    GET_ANY(OUTLET "/slots", api_slots, "the slots of a day", "Slots"),
    PUBLIC(OUTLET "/bookings", api_book, api_ticket_after_token, "book a visit",
           "service_id:int! slot_ms:int! phone:text! name:text courtesy:bool", "Ticket"),
    PUBLIC(OWN "/checkin", api_own_check_in, api_ticket_after_token, "check in", "", "Ticket"),
    PUBLIC(OWN "/reschedule", api_own_reschedule, api_ticket_after_token, "move the booking",
           "slot_ms:int!", "Ticket"),
    PUBLIC(OWN "/cancel", api_own_cancel, api_ticket_after_token, "cancel the booking", "",
           "Ticket"),
    /* the teller's desk */
    GET(OUTLET "/windows", STAFF, api_windows, "windows and who sits there", "Windows"),
    GET(WINDOW "/desk", STAFF, api_desk, "the desk", "Desk"),
    STEP("/sign-in", api_window_in, "sit down at a window", ""),
    STEP("/sign-out", api_window_out, "leave the window", ""),
    STEP("/pause", api_window_pause, "pause, with a reason", "reason:text! note:text"),
    STEP("/resume", api_window_resume, "go on", ""),
    STEP("/next", api_window_next, "call the next by the rule", ""),
    STEP("/call", api_window_call, "call a particular ticket", "ticket_id:int! reason:text!"),
    STEP("/recall", api_window_recall, "call again", ""),
    STEP("/serve", api_window_serve, "the customer is here", ""),
    STEP("/end", api_window_end, "the service is done", ""),
    STEP("/no-show", api_window_no_show, "the customer did not come", ""),
    STEP("/park", api_window_park, "the customer fills a form or fetches a document",
         "reason:text!"),
    STEP("/transfer", api_window_transfer, "to a service, a window or a person",
         "service_id:int window_id:int staff_id:int first:bool reason:text"),
    STEP("/return", api_window_return, "a parked ticket waits again", "ticket_id:int! first:bool"),
    STEP("/undo", api_window_undo, "undo the last step", ""),
    /* tickets, for staff */
    GET(TICKET, STAFF, api_ticket, "a ticket", "Ticket"),
    { HTTP_POST, TICKET "/print", ROLE_KIOSK | FLOOR, ROUTE_OWN, 0, NULL, NULL, api_print,
      "the slip as ESC/POS, to the outlet's printer", "", NULL },
    POST(TICKET "/correct", DESK, api_correct, api_ticket_after, "a forgotten end",
         "ended_ms:int! reason:text!", "Ticket"),
    /* the floor manager */
    SLOW(OUTLET "/floor", SEE, api_floor, "everything on one screen", "Floor"),
    POST(OUTLET "/day/open", FLOOR, api_day_open, api_floor, "open the day", "", "Floor"),
    POST(OUTLET "/day/stop-issuing", FLOOR, api_day_stop, api_floor, "no more numbers",
         "reason:text!", "Floor"),
    POST(OUTLET "/day/resume-issuing", FLOOR, api_day_resume, api_floor, "numbers again", "",
         "Floor"),
    POST(OUTLET "/day/close", FLOOR, api_day_close, api_floor, "close the day",
         "carry_over:bool reason:text!", "Floor"),
    HAND("/move", api_move, "to a service, a window or a person, or first in line",
         "service_id:int window_id:int staff_id:int first:bool reason:text!"),
    HAND("/void", api_void, "void a ticket", "reason:text!"),
    HAND("/left", api_left, "the customer has gone", "reason:text!"),
    HAND("/return", api_return, "parked or passed: waits again", "first:bool"),
    HAND("/class", api_class, "change the class", "class:text! reason:text!"),
    HAND("/courtesy", api_courtesy, "courtesy priority", "courtesy:bool reason:text!"),
    POST(OUTLET "/rolls", FLOOR, api_rolls, NULL, "paper rolls, entered later", "items:list!",
         "Rolls"),
    POST(OUTLET "/blackouts", HEAD, api_blackout, NULL,
         "no bookings for a time; says first which ones it would cancel",
         "from_ms:int! until_ms:int! reason_zh:text! confirm:bool", "Blackout"),
    /* for the public */
    { HTTP_GET, OUTLET "/flow-chart", 0, ROUTE_SLOW, ROUTE_ANY_OUTLET | ROUTE_RATED, api_flow_chart,
      NULL, NULL, "when it is busy, by sort of day and half-hour; ?service=", NULL, "FlowChart" },
    { HTTP_GET, OUTLET "/flow-chart/paper", 0, ROUTE_OWN, ROUTE_ANY_OUTLET | ROUTE_RATED, NULL,
      NULL, api_flow_paper, "the same on one A4 page; ?format=pdf or svg", NULL, NULL },
    { HTTP_GET, "/api/nearby", 0, ROUTE_SLOW, ROUTE_ANY_OUTLET | ROUTE_RATED, api_nearby, NULL,
      NULL,
      "outlets by distance and time in all: ?service= and ?from=, ?lat= ?lon= or ?token= (one's "
      "own number); ?mode=walk|drive",
      NULL, "Nearby" },
    { HTTP_GET, "/api/qr", 0, ROUTE_READ, ROUTE_ANY_OUTLET | ROUTE_RATED, api_qr, NULL, NULL,
      "a page of this server as a QR code: ?path=", NULL, "Qr" },
    GET_ANY("/api/tips", api_tips, "tips for new and complex business; ?service=", "Tips"),
    GET("/api/tips/all", BACK, api_tips_all, "also those that are not shown", "Tips"),
    PUT("/api/tips/{tip}", BACK, api_tip_put, "change a tip; 0: a new one",
        "service_id:int kind:text from:text until:text active:bool sort:int title_zh:text "
        "title_en:text bring_zh:text bring_en:text steps_zh:text steps_en:text elsewhere_zh:text "
        "elsewhere_en:text",
        "Id"),
    PUBLIC("/api/nearby/go", api_nearby_go, api_nearby_go_after,
           "going to a quicker outlet: a place there for one's number, or the lobby's word",
           "from_id:int! to_id:int! service_id:int! mode:text token:text pass:text", "NearbyGo"),
    /* live advice */
    GET(OUTLET "/advice", STAFF, api_advice, "the next ninety minutes, and what could be done",
        "Advice"),
    POST("/api/advice/{advice}/follow", FLOOR, api_advice_follow, NULL, "an advice is followed", "",
         "Advice"),
    POST("/api/advice/{advice}/decline", FLOOR, api_advice_decline, NULL,
         "an advice is not followed, with the reason", "reason:text!", "Advice"),
    SLOW("/api/advice-scores", SEE, api_advice_scores, "what was said beside what came",
         "AdviceScores"),
    /* who works when */
    GET(OUTLET "/roster", SEE, api_roster, "a week's roster: ?week= its Monday", "Roster"),
    PUT(OUTLET "/roster", HEAD, api_roster_put, "save the week's draft",
        "week:text! revision:int! work:list!", "RosterSaved"),
    ASK(OUTLET "/roster/check", HEAD, ROUTE_READ, api_roster_check,
        "what is wrong with a roster; nothing is written", "week:text! work:list!", "RosterReport"),
    POST(OUTLET "/roster/publish", HEAD, api_roster_publish, NULL, "publish the week's draft",
         "week:text! revision:int!", "RosterPublished"),
    ASK(OUTLET "/roster/solve", HEAD, ROUTE_READ, api_roster_solve,
        "make a roster: a job; what is pinned stays", "week:text! work:list! seconds:int",
        "PlanJob"),
    PUT(OUTLET "/roster/rules", HEAD, api_roster_rules_put, "rules and usual shifts",
        "rest_minutes:int days_in_row:int min_people:int break_after:int break_minutes:int "
        "shift_min:int shift_max:int early_before:int late_after:int patterns:list",
        "Empty"),
    GET(OUTLET "/duty", SEE, api_duty, "who should be at work now", "Duty"),
    GET(OUTLET "/absences", HEAD, api_absences, "absences", "Absences"),
    POST(OUTLET "/absences", HEAD, api_absence_put, NULL, "an absence",
         "staff_id:int! from:text! until:text! kind:text note:text", "Id"),
    { HTTP_DELETE, OUTLET "/absences/{absence}", HEAD, ROUTE_WRITE, 0, api_absence_end, NULL, NULL,
      "it is not so", NULL, "Empty" },
    PUT(OUTLET "/contracts/{staff}", HEAD, api_contract_put, "hours and skills of a teller",
        "minutes_min:int! minutes_max:int! personal:bool corporate:bool likes:int lend:bool",
        "Empty"),
    PUT(OUTLET "/wishes", HEAD, api_wish_put, "a day somebody wants off or wants to work",
        "staff_id:int! day:text! wish:int!", "Empty"),
    /* the planner */
    SLOW(OUTLET "/plan/forecast", SEE, api_plan_forecast, "who will come on ?day=", "Forecast"),
    ASK(OUTLET "/plan/simulate", SEE, ROUTE_SLOW, api_plan_simulate,
        "what windows give on a day, and what if",
        "day:text! use:text work:list personal:ints corporate:ints source:text arrivals:num "
        "service:num patience:num plus:int rule:text days:int fix:bool",
        "WhatIf"),
    ASK(OUTLET "/plan/staff", HEAD, ROUTE_READ, api_plan_staff,
        "the fewest windows that keep the promise, certified: a job", "day:text! days:int",
        "PlanJob"),
    PUT(OUTLET "/plan/need", HEAD, api_need_put, "the windows a day needs",
        "day:text! personal:ints corporate:ints source:text", "Empty"),
    GET(OUTLET "/plan/jobs", HEAD, api_plan_jobs, "computations, newest first", "PlanJobs"),
    GET(OUTLET "/plan/jobs/{job}", HEAD, api_plan_job, "how far one is; its result", "PlanJob"),
    ASK(OUTLET "/plan/jobs/{job}/stop", HEAD, ROUTE_READ, api_plan_job_stop,
        "stop: the best so far is the result", "", "PlanJob"),
    /* settings */
    GET(OUTLET "/settings", SEE, api_settings_get, "an outlet's lobby settings", "Settings"),
    PUT(OUTLET "/settings", HEAD, api_settings_put, "change them",
        "rule:text recall_min_s:int recall_max:int undo_s:int notify_ahead:int alarm_wait_s:int "
        "alarm_count:int idle_alarm_s:int booking:obj carry_over:bool printer:text",
        "Settings"),
    GET(OUTLET "/rule-check", SEE, api_rule_check, "would ?rule= do as a calling rule?", "Rule"),
    GET(OUTLET "/window-settings", SEE, api_window_list, "windows and their services",
        "WindowSettings"),
    GET("/api/staff", HEAD | ROLE_AUDITOR, api_staff_list, "staff", "StaffList"),
    { HTTP_POST, "/api/staff", ROLE_ADMIN, ROUTE_WRITE, ROUTE_PASSWORD, api_staff_put, NULL, NULL,
      "a new member of staff",
      "username:text! name:text! role:text! outlet_id:int grade:int "
      "number:text password:text!",
      "Staff" },
    { HTTP_PATCH, "/api/staff/{staff}", ROLE_ADMIN, ROUTE_WRITE, ROUTE_PASSWORD, api_staff_patch,
      NULL, NULL, "change one",
      "name:text role:text outlet_id:int active:bool grade:int number:text password:text",
      "Staff" },
    GET("/api/devices", ROLE_ADMIN, api_devices, "kiosks and boards", "Devices"),
    { HTTP_POST, "/api/devices", ROLE_ADMIN, ROUTE_WRITE, ROUTE_NO_KEY, api_device_put, NULL, NULL,
      "a new device: its token is shown once", "role:text! outlet_id:int! name:text!", "Device" },
    { HTTP_PATCH, "/api/devices/{device}", ROLE_ADMIN, ROUTE_WRITE, ROUTE_NO_KEY, api_device_patch,
      NULL, NULL, "switch a device off or on", "active:bool", "Device" },
    GET("/api/sign-ins", ROLE_ADMIN | ROLE_AUDITOR, api_sign_ins, "sign-ins, newest first",
        "SignIns"),
    GET("/api/services", STAFF, api_services, "all services of the bank", "Services"),
    PUT(OUTLET, ROLE_ADMIN, api_outlet_put, "change an outlet; 0: a new one",
        "code:text name_zh:text name_en:text district_zh:text district_en:text address_zh:text "
        "address_en:text phone:text lat:num lon:num active:bool",
        "Id"),
    PUT(WINDOW, HEAD, api_window_put, "change a window; 0: a new one",
        "outlet_id:int number:int name_zh:text name_en:text corporate:bool active:bool rule:text "
        "services:list",
        "Id"),
    GET("/api/classes", STAFF, api_classes, "customer classes and their promises", "Classes"),
    PUT("/api/classes/{class}", ROLE_ADMIN, api_class_put, "change a class",
        "name_zh:text name_en:text target_s:int goal_ppm:int mid_high:bool", "Id"),
    PUT("/api/services/{service}", ROLE_ADMIN, api_service_put, "change a service; 0: a new one",
        "prefix:text code:text name_zh:text name_en:text documents_zh:text documents_en:text "
        "machine_zh:text machine_en:text handling_s:int sort:int corporate:bool bookable:bool "
        "active:bool",
        "Id"),
    PUT(OUTLET "/hours", HEAD, api_hours_put, "a weekday's hours",
        "weekday:int! opens_s:int! closes_s:int!", "Done"),
    GET("/api/calendar", STAFF, api_calendar, "the business calendar of a year", "Calendar"),
    PUT("/api/calendar", ROLE_ADMIN, api_calendar_put, "set a day",
        "date:text! kind:text! name_zh:text", "Done"),
    /* maker and checker */
    GET("/api/approvals", STAFF, api_approvals,
        "what waits for a second person: ?which=me, mine or all", "Approvals"),
    GET(APPROVAL, STAFF, api_approval, "one, with the very bytes", "Approval"),
    POST(APPROVAL "/approve", MONEY | ROLE_ADMIN, api_approval_approve, api_approval_after,
         "approve it: digest of what was seen; the amount again where it is large",
         "digest:text! amount:text", "Approval"),
    POST(APPROVAL "/reject", MONEY | ROLE_ADMIN, api_approval_reject, api_approval_after,
         "reject it", "reason:text!", "Approval"),
    POST(APPROVAL "/withdraw", MONEY | ROLE_ADMIN, api_approval_withdraw, api_approval_after,
         "take one's own back", "", "Approval"),
    GET("/api/approve-limits", STAFF, api_approve_limits,
        "up to which amount one person may act alone, or be the second", "Limits"),
    PUT("/api/approve-limits", ROLE_OFFICE | ROLE_ADMIN, api_approve_limits_put,
        "change them: a second person is always asked", "items:list rekey:text life_s:int",
        "Limits"),
    /* orders to the ledger: the order's id is its request key */
    ORDERS("/api/transfers", api_transfer,
           "kind: post, hold, capture, void, reverse, journal; legs [{account, side, amount}]",
           "id:text! kind:text! debit:int credit:int amount:text currency:text of:text "
           "timeout_s:int value_date:text code:int memo:text legs:list meta:obj",
           "Transfer"),
    ORDERS("/api/transfers/batch", api_transfers,
           "up to 4096 orders, each with its result; linked ones all or none", "orders:list!",
           "Transfers"),
    GET("/api/transfers/{transfer}", POSTS | ROLE_AUDITOR, api_transfer_get, "what became of an id",
        "Transfer"),
    GET("/api/holds/{transfer}", POSTS | ROLE_AUDITOR, api_hold_get, "a hold as of now", "Hold"),
    POST("/api/books/accounts", BACK, api_ledger_open, NULL, "open an account of the bank's own",
         "subject:text! name:text! currency:text outlet_id:int hot:bool no_overdraft:bool "
         "no_overcredit:bool min:text max:text",
         "Id"),
    PUT(ACCOUNT "/limits", BACK, api_ledger_limits, "what its balance must keep to",
        "no_overdraft:bool no_overcredit:bool min:text max:text", "Id"),
    POST(ACCOUNT "/freeze", BACK, api_ledger_freeze, NULL,
         "freeze it: how is none, out or all; or a part that must stay", "how:text amount:text",
         "Id"),
    POST(ACCOUNT "/stop", BACK, api_ledger_stop, NULL, "stop payment, or release", "stopped:bool",
         "Id"),
    POST(ACCOUNT "/dormant", BACK, api_ledger_dormant, NULL, "dormant, or woken", "dormant:bool",
         "Id"),
    POST(ACCOUNT "/close", BACK, api_ledger_close, NULL, "close an empty account", "", "Id"),
    LOOK(ACCOUNT "/balance", BOOKS | ROLE_TELLER, api_balance_seen, api_ledger_balance,
         "now, at an instant ?at_ms, on a date ?on, by value dates ?value", "Balance"),
    /* customers' accounts: terms, interest, standing orders */
    LOOK(DEPOSIT, MONEY | ROLE_AUDITOR, api_deposit_seen, api_deposit,
         "one account: terms, interest with its parts, settlements, messages; by its number",
         "Deposit"),
    { HTTP_PATCH, DEPOSIT, MONEY, ROUTE_WRITE, 0, api_deposit_patch, NULL, NULL,
      "what is done at maturity, the passbook, the limit, the fee",
      "rollover:text payout:text certificate:text overdraft:text fee_id:int", "Done" },
    POST(DEPOSIT "/notice", MONEY, api_deposit_notice, NULL,
         "a notice deposit: so much will be drawn", "amount:text!", "Notice"),
    POST(DEPOSIT "/notice-cancel", MONEY, api_deposit_notice_cancel, NULL, "not after all", "",
         "Done"),
    POST(DEPOSIT "/wake", HEAD | ROLE_OFFICE, api_deposit_wake, NULL,
         "a dormant account is in use again", "reason:text!", "Done"),
    POST(DEPOSIT "/release", HEAD | ROLE_OFFICE, api_deposit_release, NULL,
         "a margin deposit may be drawn", "reason:text!", "Done"),
    LOOK(DEPOSIT "/interest", MONEY | BOOKS, api_deposit_seen, api_deposit_interest,
         "a period's interest day by day: ?until= of a settlement, else the one that runs",
         "Interest"),
    LOOK(DEPOSIT "/orders", MONEY | ROLE_AUDITOR, api_deposit_orders_seen, api_deposit_orders,
         "standing orders, with their last due days", "StandingOrders"),
    POST(DEPOSIT "/orders", MONEY, api_deposit_order_put, NULL,
         "a new standing order: cycle once, weekly, monthly, yearly; holiday as_it_is, "
         "next_work_day,"
         " work_day_before",
         "amount:text! cycle:text! first:text! until:text memo:text payee:text payee_bank:text"
         " payee_account:text payee_name:text holiday:text",
         "Id"),
    { HTTP_PATCH, "/api/standing-orders/{order}", MONEY, ROUTE_WRITE, 0, api_order_patch, NULL,
      NULL, "change, pause, resume, end one",
      "state:text amount:text until:text memo:text payee:text payee_bank:text payee_account:text"
      " payee_name:text holiday:text",
      "Done" },
    SEEN("/api/customers/{customer}/alike", MONEY, api_customer_alike,
         "who may be this customer again, and which rows were merged into it; masked", "Alike"),
    SLOW("/api/customers/{customer}/looks", BOOKS, api_customer_looks,
         "who looked at the customer's data and accounts, who changed them; newest first", "Looks"),
    POST("/api/customers/{customer}/merge", HEAD | ROLE_OFFICE, api_customer_merge, NULL,
         "this customer is that one: accounts follow", "into_id:int! reason:text!", "Done"),
    POST("/api/customers/{customer}/part", HEAD | ROLE_OFFICE, api_customer_part, NULL,
         "a merge is taken back", "reason:text!", "Done"),
    GET("/api/deposit-products", STAFF, api_products, "products with all their rates", "Products"),
    POST("/api/deposit-products", ROLE_OFFICE | ROLE_ADMIN, api_product_put, NULL, "a new product",
         PRODUCT_BODY, "Id"),
    PUT("/api/deposit-products/{product}", ROLE_OFFICE | ROLE_ADMIN, api_product_put,
        "change a product", PRODUCT_BODY, "Id"),
    POST("/api/deposit-products/{product}/rates", ROLE_OFFICE | ROLE_ADMIN, api_rate_put, NULL,
         "a rate from a day on", "from:text! ppm:int! side:text", "Id"),
    GET("/api/deposit-fees", STAFF, api_fees, "fees", "Fees"),
    POST("/api/deposit-fees", ROLE_OFFICE | ROLE_ADMIN, api_fee_put, NULL, "a new fee",
         "code:text name_zh:text name_en:text cycle:text amount:text active:bool", "Id"),
    PUT("/api/deposit-fees/{fee}", ROLE_OFFICE | ROLE_ADMIN, api_fee_put, "change a fee",
        "code:text name_zh:text name_en:text cycle:text amount:text active:bool", "Id"),
    GET("/api/deposit-settings", STAFF, api_deposit_settings,
        "number prefix, sleep, tries, the day end's hour", "DepositSettings"),
    PUT("/api/deposit-settings", ROLE_OFFICE | ROLE_ADMIN, api_deposit_settings_put, "change them",
        "prefix:text dormant_days:int dormant_below:text order_tries:int cut_off:text accrual:text",
        "Done"),
    GET("/api/dayend", STAFF, api_dayend,
        "the business date; the last ?days= day ends, step by step", "DayEnd"),
    POST("/api/dayend", ROLE_OFFICE | ROLE_ADMIN, api_dayend_ask, NULL,
         "close the business date now; drawers_open: why, though some are", "drawers_open:text",
         "Done"),
    /* the books */
    SLOW("/api/books", BOOKS, api_books, "the day, outlets and currencies of the books", "Books"),
    SLOW("/api/books/trial", BOOKS, api_books_trial,
         "trial balance and balance sheet: ?outlet, date, currency", "Trial"),
    GET("/api/books/subjects", STAFF, api_subjects, "the chart of accounts", "Subjects"),
    PUT("/api/books/subjects/{subject}", ROLE_OFFICE | ROLE_ADMIN, api_subject_put,
        "a new subject by its code, or change one: class 1 asset, 2 liability, 3 common, 4 equity, "
        "6 income, 7 expense",
        "class:int name_zh:text name_en:text", "Done"),
    SEEN("/api/books/subject", BOOKS, api_books_subject,
         "the accounts under a figure: ?code, outlet, date, currency; their sum", "Subject"),
    SEEN("/api/books/search", BOOKS, api_books_search,
         "?q= account number, number, transfer id, key=value, or a person's paper, mobile or name"
         " (masked; not for administrators); ?min, max, from, until, memo",
         "Found"),
    SEEN("/api/books/transfer", STAFF, api_books_transfer,
         "a transfer by ?id or ?number: legs, hold, reversal, event and its hash", "Transfer"),
    SLOW("/api/books/proofs", BOOKS, api_books_proofs, "the proofs; ?run=1 runs them now",
         "Proofs"),
    LOOK(ACCOUNT, STAFF, api_account_seen, api_account, "an account; that it was seen is an event",
         "Account"),
    LOOK(ACCOUNT "/lines", STAFF, api_lines_seen, api_lines,
         "lines, newest first: ?before, from, until, min, max, side, memo", "Lines"),
    LOOK(ACCOUNT "/life", STAFF, api_life_seen, api_life_line,
         "balance over time, and what was done to it", "LifeLine"),
    LOOK(ACCOUNT "/statement", STAFF, api_statement_seen, api_statement,
         "a statement: ?from, until, format=json|csv|csv-bom|pdf|camt053|text, full=1",
         "Statement"),
    /* the counter: customers, accounts, money */
    GET("/api/counter/desk", STAFF, api_counter_desk, "what waits for me, what of mine, my drawer",
        "CounterDesk"),
    GET("/api/counter/people", MONEY, api_counter_people, "who else works with money here",
        "People"),
    SEEN("/api/counter/customers", MONEY, api_counter_customers,
         "?find= an ID number, mobile, account number, customer number or name", "Customers"),
    { HTTP_GET, CUSTOMER, MONEY, ROUTE_WRITE, ROUTE_NO_KEY, api_counter_customer_seen,
      api_counter_customer, NULL,
      "one customer with accounts: that it was seen is an event; ?reason= for the whole data", NULL,
      "Customer" },
    POST("/api/counter/customers", MONEY, api_counter_customer_put, NULL,
         "a new customer: paper 1 ID card, 2 passport, 3 permit, 4 residence card, 5 military, 11 "
         "social credit code",
         "paper:int! paper_number:text! name:text! mobile:text address:text", "Customer"),
    { HTTP_PATCH, CUSTOMER, MONEY, ROUTE_WRITE, 0, api_counter_customer_patch, NULL, NULL,
      "change one: a second person looks at it",
      "paper_number:text name:text mobile:text address:text", "Customer" },
    GET("/api/counter/products", MONEY, api_counter_products, "what may be opened, with rates",
        "Products"),
    POST("/api/counter/accounts", MONEY, api_counter_open, NULL,
         "open an account; of a term deposit rollover none, all, principal, pay",
         "customer_id:int! product:text! rollover:text payout:text certificate:text purpose:text",
         "Account"),
    LOOK("/api/counter/account", MONEY, api_counter_account_seen, api_counter_account,
         "?number=: an account's balances; that it was seen is an event", "Account"),
    SEEN("/api/counter/quote", MONEY, api_counter_quote,
         "?number=, amount=: the interest that would be paid with it", "Quote"),
    SEEN("/api/counter/payee", MONEY, api_counter_payee, "?number=: whose account, masked",
         "Payee"),
    POST("/api/counter/in", MONEY, api_counter_in, NULL, "cash into an account",
         "account:text! amount:text! pieces:list memo:text note:text", "Slip"),
    POST("/api/counter/out", MONEY, api_counter_out, NULL, "cash out of an account",
         "account:text! amount:text! pieces:list memo:text note:text", "Slip"),
    POST("/api/counter/transfer", MONEY, api_counter_transfer, NULL, "from account to account",
         "account:text! payee:text! amount:text! memo:text", "Slip"),
    POST("/api/counter/close", MONEY, api_counter_close, NULL,
         "close an account; the balance to another, or in cash", "account:text! to:text", "Slip"),
    POST("/api/counter/state", MONEY, api_counter_state, NULL,
         "step: stop, unstop, loss, unloss, freeze_out, freeze_all, freeze_part, unfreeze, wake; "
         "a second person looks at it",
         "account:text! step:text! reason:text! document:text amount:text", "Account"),
    /* cash */
    GET("/api/cash/boxes", STAFF, api_cash_boxes, "drawers, vaults, cash on the road", "Boxes"),
    GET(BOX, STAFF, api_cash_box, "one: its moves and counts", "Box"),
    POST("/api/cash/boxes", HEAD | ROLE_OFFICE, api_cash_box_put, NULL, "a new drawer or vault",
         "kind:text! number:int! currency:text outlet_id:int", "Box"),
    { HTTP_PATCH, BOX, HEAD | ROLE_OFFICE, ROUTE_WRITE, 0, api_cash_box_patch, NULL, NULL,
      "switch one off or on", "active:bool", "Box" },
    POST(BOX "/count", MONEY, api_cash_count, NULL,
         "count it, blind: kind open, close or spot; pieces [{face, n}]", "kind:text! pieces:list",
         "Counted"),
    POST(BOX "/recount", MONEY, api_cash_recount, NULL, "the second person's count", "pieces:list",
         "Counted"),
    POST(BOX "/hand-over", MONEY, api_cash_hand_over, NULL, "to another teller; 0: not after all",
         "staff_id:int", "Box"),
    POST(BOX "/change", MONEY, api_cash_change, NULL, "other notes for the same sum", "pieces:list",
         "Box"),
    POST(BOX "/supply", MONEY, api_cash_supply, NULL, "from the central bank, or back to it",
         "amount:text! back:bool pieces:list", "Move"),
    POST("/api/cash/transfer", MONEY, api_cash_transfer, NULL, "from box to box in an outlet",
         "from:int! to:int! amount:text! pieces:list", "Move"),
    POST("/api/cash/send", MONEY, api_cash_send, NULL, "from vault to vault of another outlet",
         "from:int! to:int! amount:text! pieces:list", "Transit"),
    POST("/api/cash/transits/{transit}/arrive", MONEY, api_cash_arrive, NULL,
         "what was counted on arrival", "pieces:list!", "Arrived"),
    POST("/api/cash/moves/{move}/reverse", MONEY, api_counter_reverse, NULL,
         "take a movement of the open drawer back", "", "Slip"),
    GET("/api/cash/large", SEE, api_cash_large, "?date=: large cash of a day", "Moves"),
    GET("/api/cash/not-closed", STAFF, api_cash_not_closed, "drawers that are not closed", "Boxes"),
    GET("/api/cash/settings", STAFF, api_cash_settings, "threshold, tolerance, most in a drawer",
        "CashSettings"),
    PUT("/api/cash/settings", ROLE_OFFICE | ROLE_ADMIN, api_cash_settings_put,
        "change them: a second person is always asked",
        "large:text tolerance:text drawer:text demand_closed:bool", "CashSettings"),
    /* the office: figures over ranges, off the server's thread */
    SLOW("/api/promise", SEE, api_promise, "the promise under each definition, and the waits",
         "Promise"),
    SLOW("/api/days", SEE, api_days, "each day of a range", "Days"),
    SLOW("/api/outlets-compare", SEE, api_compare, "outlets, ranked, with intervals", "Compare"),
    SLOW("/api/flow", SEE, api_flow, "arrivals and waits by weekday and half-hour", "Flow"),
    SLOW("/api/half-hours", SEE, api_half_hours, "a day by half-hours", "HalfHours"),
    SLOW("/api/tellers", SEE, api_tellers, "tellers of a range", "Tellers"),
    SLOW("/api/tickets", SEE, api_tickets, "tickets of a day", "Tickets"),
    SLOW("/api/audit", SEE, api_audit, "which calls of a day broke the rule", "Audit"),
    SLOW(TICKET "/life", SEE, api_life, "everything that happened to a ticket", "Life"),
    SLOW("/api/live", SEE, api_live, "the whole city at a glance", "Live"),
};
const size_t api_routes_count = COUNT(api_routes);
