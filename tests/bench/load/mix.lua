-- What wrk asks of the service, and what it counts of the answers: wrk ... URL -- TENANT TOKEN AGENTS SECONDS MIX SEED.
-- The tenant has agents 1 to AGENTS, at the addresses of 10.0.0.0/8 in order, in teams of TEAM. Prints one line of JSON.

local TEAM = 1000
local PATH = "/apps/api/v1/agent_statuses/force_logout"
-- wrk drops what it waits for when its time is over, so the last seconds only read: nothing that counts is dropped.
local ONLY_READS_SECONDS = 3
-- How many requests in a thousand are which.
local MIXES = {
    mixed = {
        { "one_agent", 547 }, { "some_agents", 200 }, { "many_agents", 50 }, { "one_address", 50 }, { "block", 50 },
        { "job", 60 }, { "malformed", 20 }, { "wrong_token", 20 }, { "team", 3 },
    },
    flood = { { "one_agent", 990 }, { "wrong_token", 10 } },
}

-- Global, so that `done` can read them of each thread.
sent, statuses, logged_out, jobs = {}, {}, 0, 0

local threads = {}
function setup(thread)
    table.insert(threads, thread)
end

local tenant, agents, mix, reads_from, right, wrong
local base64_digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

local function base64(text)
    local encoded = {}
    for first = 1, #text, 3 do
        local a, b, c = text:byte(first, first + 2)
        local bits = a * 65536 + (b or 0) * 256 + (c or 0)
        for place = 0, 3 do
            local digit = math.floor(bits / 64 ^ (3 - place)) % 64 + 1
            local is_there = place < 2 or (place == 2 and b) or (place == 3 and c)
            table.insert(encoded, is_there and base64_digits:sub(digit, digit) or "=")
        end
    end
    return table.concat(encoded)
end

local function headers(token)
    return { ["Authorization"] = "Basic " .. base64(tenant .. ":" .. token), ["Content-Type"] = "application/json" }
end

function init(args)
    tenant, agents, mix = args[1], tonumber(args[3]), MIXES[args[5]]
    reads_from = os.time() + tonumber(args[4]) - ONLY_READS_SECONDS
    right, wrong = headers(args[2]), headers(args[2] .. "x")
    math.randomseed(tonumber(args[6]))
end

local function post(body, as)
    return wrk.format("POST", PATH, as or right, body)
end

local function ids(count)
    local chosen = {}
    for place = 1, count do
        chosen[place] = math.random(agents)
    end
    return post('{"agent_ids":[' .. table.concat(chosen, ",") .. "]}")
end

local function address(number)
    return string.format("10.%d.%d.%d", math.floor(number / 65536), math.floor(number / 256) % 256, number % 256)
end

local kinds = {
    one_agent = function() return ids(1) end,
    some_agents = function() return ids(20) end,
    many_agents = function() return ids(100) end,
    one_address = function() return post('{"ip_addrs":["' .. address(math.random(agents)) .. '"]}') end,
    block = function() return post('{"ip_addrs":["' .. address(math.random(agents)) .. '/27"]}') end,
    team = function() return post('{"team_ids":[' .. math.random(math.floor(agents / TEAM)) .. "]}") end,
    job = function() return wrk.format("GET", PATH .. "/jobs/" .. math.random(20), right) end,
    malformed = function() return post('{"agent_ids":"all"}') end,
    wrong_token = function() return post('{"agent_ids":[1]}', wrong) end,
}

local function kind()
    if os.time() >= reads_from then
        return "job"
    end
    local chosen = math.random(1000)
    for _, entry in ipairs(mix) do
        chosen = chosen - entry[2]
        if chosen <= 0 then
            return entry[1]
        end
    end
end

function request()
    local chosen = kind()
    sent[chosen] = (sent[chosen] or 0) + 1
    return kinds[chosen]()
end

function response(status, _, body)
    statuses[status] = (statuses[status] or 0) + 1
    local _, rows = body:gsub('"current_status":"Offline"', "")
    logged_out = logged_out + rows
    if body:find('"status":"created","link"', 1, true) then
        jobs = jobs + 1
    end
end

local function json(counts)
    local pairs_of = {}
    for name, count in pairs(counts) do
        table.insert(pairs_of, string.format('"%s":%d', name, count))
    end
    return "{" .. table.concat(pairs_of, ",") .. "}"
end

function done(summary, latency)
    local all = { sent = {}, statuses = {}, logged_out = 0, jobs = 0 }
    for _, thread in ipairs(threads) do
        for _, name in ipairs({ "sent", "statuses" }) do
            for key, count in pairs(thread:get(name)) do
                all[name][key] = (all[name][key] or 0) + count
            end
        end
        all.logged_out = all.logged_out + thread:get("logged_out")
        all.jobs = all.jobs + thread:get("jobs")
    end
    local errors = summary.errors
    io.write("\n", string.format(
        '{"seconds":%f,"sent":%s,"statuses":%s,"logged_out":%d,"jobs":%d,"broken_connections":%d,"timeouts":%d,'
            .. '"median_ms":%f,"p99_ms":%f,"worst_ms":%f}',
        summary.duration / 1e6, json(all.sent), json(all.statuses), all.logged_out, all.jobs,
        errors.connect + errors.read + errors.write, errors.timeout,
        latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, latency.max / 1e3), "\n")
end
