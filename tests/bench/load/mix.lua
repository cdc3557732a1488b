-- What wrk asks of the service, and what it counts of the answers:
-- wrk ... URL -- CREDENTIALS WRONG_CREDENTIALS AGENTS BUSY_ONE_IN TEAM CLOSING_SECONDS SECONDS MIX SEED.
-- The tenant has agents 1 to AGENTS, every BUSY_ONE_INth of them on a call, at the addresses of 10.0.0.0/8 in order, in teams of
-- TEAM in order. Credentials are in base64, as Basic takes them. In the last CLOSING_SECONDS of SECONDS it only looks jobs up: wrk
-- drops what it waits for when its time is over, and nothing that counts may be dropped. One thread. Prints a line of JSON at the
-- end.

local PATH = "/apps/api/v1/agent_statuses/force_logout"
-- How many requests in a thousand are which.
local MIXES = {
    mixed = {
        { "one_agent", 744 }, { "some_agents", 50 }, { "many_agents", 5 }, { "one_address", 100 }, { "block", 10 },
        { "look_up", 50 }, { "malformed", 20 }, { "wrong_token", 20 }, { "team", 1 },
    },
    flood = { { "one_agent", 990 }, { "wrong_token", 10 } },
}
local BLOCK = 32

-- Global, so that `done` can read them.
sent, statuses, looked_up, logged_out, mistaken, jobs, named_idle = {}, {}, 0, 0, 0, 0, 0

local thread
function setup(the_only_one)
    thread = the_only_one
end

local agents, busy_one_in, team_size, mix, closing_from, right, wrong
-- Whom some request named, and who was told to be out.
local named, out = {}, {}
-- wrk calls `request` once to look at it, and sends that to nobody.
local is_looked_at = true

local function headers(credentials)
    return { ["Authorization"] = "Basic " .. credentials, ["Content-Type"] = "application/json" }
end

function init(args)
    agents, busy_one_in, team_size = tonumber(args[3]), tonumber(args[4]), tonumber(args[5])
    closing_from = os.time() + tonumber(args[7]) - tonumber(args[6])
    mix = MIXES[args[8]]
    math.randomseed(tonumber(args[9]))
    right, wrong = headers(args[1]), headers(args[2])
end

local function name(first, last)
    for agent = math.max(first, 1), math.min(last or first, agents) do
        if not named[agent] and not is_looked_at then
            named[agent] = true
            named_idle = named_idle + (agent % busy_one_in == 0 and 0 or 1)
        end
    end
end

local function post(body, as)
    return wrk.format("POST", PATH, as or right, body)
end

local function ids(count)
    local chosen = {}
    for place = 1, count do
        chosen[place] = math.random(agents)
        name(chosen[place])
    end
    return post('{"agent_ids":[' .. table.concat(chosen, ",") .. "]}")
end

local function addresses(first, suffix)
    local text = string.format("10.%d.%d.%d", math.floor(first / 65536), math.floor(first / 256) % 256, first % 256)
    return post('{"ip_addrs":["' .. text .. suffix .. '"]}')
end

local kinds = {
    one_agent = function() return ids(1) end,
    some_agents = function() return ids(20) end,
    many_agents = function() return ids(100) end,
    one_address = function()
        local agent = math.random(agents)
        name(agent)
        return addresses(agent, "")
    end,
    block = function()
        local first = math.random(0, math.floor(agents / BLOCK)) * BLOCK
        name(first, first + BLOCK - 1)
        return addresses(first, "/27")
    end,
    team = function()
        local team = math.random(math.floor(agents / team_size))
        name((team - 1) * team_size + 1, team * team_size)
        return post('{"team_ids":[' .. team .. "]}")
    end,
    look_up = function() return wrk.format("GET", PATH .. "/jobs/" .. math.random(math.max(jobs, 1)), right) end,
    malformed = function() return post('{"agent_ids":"all"}') end,
    wrong_token = function() return post('{"agent_ids":[1]}', wrong) end,
}

local function choose()
    if os.time() >= closing_from then
        return "look_up"
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
    local kind = choose()
    local text = kinds[kind]()
    if not is_looked_at then
        sent[kind] = (sent[kind] or 0) + 1
    end
    is_looked_at = false
    return text
end

function response(status, _, body)
    statuses[status] = (statuses[status] or 0) + 1
    for agent, current in body:gmatch('"agent_id":(%d+),.-"current_status":"(.-)"') do
        agent = tonumber(agent)
        if current == "Offline" then
            logged_out = logged_out + 1
            mistaken = mistaken + ((out[agent] or not named[agent]) and 1 or 0)
            out[agent] = true
        end
    end
    if body:find('"status":"created","link"', 1, true) then
        jobs = jobs + 1
    elseif status == 404 or body:find('"created_at"', 1, true) then
        looked_up = looked_up + 1
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
    io.write("\n", string.format(
        '{"seconds":%f,"sent":%s,"statuses":%s,"looked_up":%d,"logged_out":%d,"mistaken":%d,"jobs":%d,'
            .. '"named_idle":%d,"broken_connections":%d,"too_late":%d,"median_ms":%f,"p99_ms":%f,"worst_ms":%f}',
        summary.duration / 1e6, json(thread:get("sent")), json(thread:get("statuses")), thread:get("looked_up"),
        thread:get("logged_out"), thread:get("mistaken"), thread:get("jobs"), thread:get("named_idle"),
        summary.errors.connect + summary.errors.read + summary.errors.write, summary.errors.timeout,
        latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, latency.max / 1e3), "\n")
end
