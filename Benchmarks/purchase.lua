-- wrk: every request is a new purchase of the guide's route. Arguments: a prefix that no other run has.
-- Ends with one line for the benchmark: answers by kind, and latencies in microseconds.

local prefix, count = nil, 0
local player_count = 10000

function init(arguments)
    prefix = arguments[1]
end

local head = "POST /purchase/player_%05d HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    .. "x-api-key: cad1\r\nContent-Length: %d\r\n\r\n%s"
local body = '{"transactionId":"%s-%08d","items":[{"id":"sword_123","quantity":1},{"id":"shield_1234","quantity":1}]}'

function request()
    count = count + 1
    local text = body:format(prefix, count)
    return head:format(count % player_count, #text, text)
end

function done(summary, latency)
    local errors = summary.errors
    print(("RESULT %d %d %d %d %d %d %d"):format(summary.requests, summary.duration, errors.status,
        errors.connect + errors.read + errors.write + errors.timeout, latency:percentile(50), latency:percentile(99),
        latency.max))
end
