// The scripts by which limits are counted in a Redis server: each one is a single step there, whoever else asks. They count
// as core/routing/window.ts, limits.ts and core/budgets/purse.ts do, by the clock of the server.
//
// Of a place there are three keys: its minute (a ring of buckets: h newest bucket, r and t totals, r<slot> and t<slot>),
// its day (s start, e end, r, t) and what runs (life → requests). Of a client's money two: the periods (b start, e end, n
// turn, s spent, m held, each with the number of the period; rc running; l:<life> holds of a life) and the holds themselves
// (id → amount|turns; with an x in front where their gateway died and they were counted as spent).

import { DEAD_AFTER_MS } from '../../exchange/ports.ts';
import { MONEY, MONEY_KEPT_MS } from './limits-money-script.ts';

/** Fellows are looked for so long after their last sign of life. */
const FELLOW_MS = DEAD_AFTER_MS;
/** What was used of a place matters to others as long as its minute. */
const ACTIVE_MS = 61_000;
const MOST_ACTIVE = 200;
/** The longest day has 25 hours; what is settled later than two days concerns nobody. */
const KEPT_MS = 49 * 3_600_000;

const COMMON = `
local a = cjson.decode(ARGV[1])
local function num(v) return tonumber(v or 0) or 0 end
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000) + a.shiftMs
if a.notAfterMs and now > a.notAfterMs then return {'time', now} end
local beats = {}
local function alive(life)
  if life == a.life then return true end
  if beats[life] == nil then
    local beat = redis.call('ZSCORE', KEYS[1], life)
    beats[life] = beat ~= false and now - tonumber(beat) <= ${FELLOW_MS}
  end
  return beats[life]
end
`;

const PLACES = `
local width, span = a.width, a.span
local size = span + 1
local head = math.floor(now / width)
-- Forgets what is too old; answers the requests and tokens that count.
local function minute(key)
  local f = redis.call('HMGET', key, 'h', 'r', 't')
  if not f[1] then return 0, 0 end
  local known, r, t = tonumber(f[1]), num(f[2]), num(f[3])
  if known == head then return r, t end
  if head - known > span then
    redis.call('DEL', key)
    return 0, 0
  end
  if known > head then
    -- The clock was set back: what counts is taken for used now.
    redis.call('DEL', key)
    local slot = head % size
    redis.call('HSET', key, 'h', head, 'r', r, 't', t, 'r' .. slot, r, 't' .. slot, t)
    redis.call('PEXPIRE', key, width * (span + 2))
    return r, t
  end
  local names = {}
  for bucket = known + 1, head do
    local slot = bucket % size
    names[#names + 1] = 'r' .. slot
    names[#names + 1] = 't' .. slot
  end
  local old = redis.call('HMGET', key, unpack(names))
  for at = 1, #names, 2 do
    r = r - num(old[at])
    t = t - num(old[at + 1])
  end
  redis.call('HDEL', key, unpack(names))
  redis.call('HSET', key, 'h', head, 'r', r, 't', t)
  return r, t
end
-- Counts in the bucket of a time; never below nothing, and nothing that is too old.
local function count(key, at, dr, dt)
  local bucket = math.min(math.floor(at / width), head)
  if head - bucket > span then return end
  local slot = bucket % size
  if dr < 0 or dt < 0 then
    local had = redis.call('HMGET', key, 'r' .. slot, 't' .. slot)
    dr = math.max(dr, -num(had[1]))
    dt = math.max(dt, -num(had[2]))
  end
  if dr == 0 and dt == 0 then return end
  redis.call('HSET', key, 'h', head)
  redis.call('HINCRBY', key, 'r', dr)
  redis.call('HINCRBY', key, 't', dt)
  redis.call('HINCRBY', key, 'r' .. slot, dr)
  redis.call('HINCRBY', key, 't' .. slot, dt)
  redis.call('PEXPIRE', key, width * (span + 2))
end
-- When so many no longer count.
local function goneIn(key, what, amount)
  if amount <= 0 then return 0 end
  local names = {}
  for bucket = head - span, head - 1 do names[#names + 1] = what .. (bucket % size) end
  local bucket = head
  if #names > 0 then
    local counts = redis.call('HMGET', key, unpack(names))
    local gone = 0
    for at = 1, #names do
      gone = gone + num(counts[at])
      if gone >= amount then
        bucket = head - span + at - 1
        break
      end
    end
  end
  return math.ceil((bucket + span + 1) * width - now)
end
local function day(key)
  local f = redis.call('HMGET', key, 's', 'e', 'r', 't')
  if f[2] and now < tonumber(f[2]) then return num(f[3]), num(f[4]), tonumber(f[1]), tonumber(f[2]) end
  return 0, 0, a.dayStartMs, a.dayEndMs, true
end
local function countDay(key, dr, dt, fresh, starts, ends)
  if fresh then
    redis.call('DEL', key)
    redis.call('HSET', key, 's', starts, 'e', ends, 'r', dr, 't', dt)
  else
    redis.call('HINCRBY', key, 'r', dr)
    redis.call('HINCRBY', key, 't', dt)
  end
  redis.call('PEXPIRE', key, ${KEPT_MS})
end
local function running(key)
  local sum = 0
  local f = redis.call('HGETALL', key)
  for at = 1, #f, 2 do
    if alive(f[at]) then sum = sum + num(f[at + 1]) else redis.call('HDEL', key, f[at]) end
  end
  return sum
end
`;

/** KEYS: fellows, epoch, for each claim its minute, day and running, then money and holds where there is money. */
export const TAKE: string = `${COMMON}${PLACES}${MONEY}
local beat = redis.call('ZSCORE', KEYS[1], a.life)
if not beat or now - tonumber(beat) > ${FELLOW_MS} then return {'missed', now} end
if now < a.dayStartMs or now >= a.dayEndMs then return {'time', now} end
local m = a.money
if m and not within(m.starts, m.ends) then return {'time', now} end
local function excess(limit, used, wanted)
  if limit == 0 then return math.huge end
  if wanted > limit then return used end
  return math.max(0, used + wanted - limit)
end
local totals = {}
for i, limits in ipairs(a.limits) do
  local key = 3 * i
  local r, tokens = minute(KEYS[key])
  local dr, dt, starts, ends, fresh = day(KEYS[key + 1])
  local runs = -1
  if limits.concurrency then runs = running(KEYS[key + 2]) end
  totals[i] = {r, tokens, dr, dt, runs, starts, ends, fresh}
  local worst
  local function look(kind, limit, used, wanted, freeIn)
    if not limit or limit < 0 then return end
    local over = excess(limit, used, wanted)
    if over == 0 then return end
    local free = over == math.huge and over or freeIn(over)
    if not worst or free > worst[4] then worst = {kind, limit, used, free} end
  end
  local untilDayEnds = function() return math.ceil(ends - now) end
  look('rpm', limits.rpm, r, 1, function(over) return goneIn(KEYS[key], 'r', over) end)
  look('tpm', limits.tpm, tokens, a.tokens, function(over) return goneIn(KEYS[key], 't', over) end)
  look('rpd', limits.rpd, dr, 1, untilDayEnds)
  look('tpd', limits.tpd, dt, a.tokens, untilDayEnds)
  if limits.concurrency and limits.concurrency >= 0 and excess(limits.concurrency, runs, 1) ~= 0 then
    if not worst or limits.concurrency == 0 then
      worst = {'concurrency', limits.concurrency, runs, math.huge}
    end
  end
  if worst then
    local free = worst[4] == math.huge and -1 or worst[4]
    return {'short', now, i - 1, worst[1], worst[2], worst[3], free}
  end
end
local spent = false
if m then
  local key, holds = KEYS[#KEYS - 1], KEYS[#KEYS]
  readMoney(key)
  turnOver(key, m.starts, m.ends)
  for p = 1, 4 do f['s' .. p] = math.max(num(f['s' .. p]), m.floors[p]) end
  bury(key, holds)
  local worst
  for i, budget in ipairs(m.budgets) do
    local p, limit = budget[1], budget[2]
    local s, held, ends = num(f['s' .. p]), num(f['m' .. p]), num(f['e' .. p])
    if m.worst > 0 and s + held + m.worst > limit then
      local why
      if s >= limit then why = 'spent'
      elseif m.bounded then why = (s + m.worst <= limit) and 'held' or 'too-dear'
      elseif num(f['rc']) > 0 then why = 'held' end
      local longer = why and (not worst or (why == 'held') ~= (worst[1] == 'held') and worst[1] == 'held'
        or (why == 'held') == (worst[1] == 'held') and ends > worst[4])
      if longer then worst = {why, i - 1, s, ends} end
    end
  end
  if not worst then holding(key, holds, m.hold, m.worst) end
  writeMoney(key)
  if worst then return {worst[1], now, worst[2], worst[3]} end
  spent = {}
  for p = 1, 4 do spent[p] = num(f['s' .. p]) end
end
local answer = {}
for i, was in ipairs(totals) do
  local key = 3 * i
  count(KEYS[key], now, 1, a.tokens)
  countDay(KEYS[key + 1], 1, a.tokens, was[8], was[6], was[7])
  redis.call('HINCRBY', KEYS[key + 2], a.life, 1)
  redis.call('PEXPIRE', KEYS[key + 2], ${KEPT_MS})
  local runs = was[5] < 0 and -1 or was[5] + 1
  redis.call('ZADD', a.active, now, a.ids[i])
  answer[i] = {was[1] + 1, was[2] + a.tokens, was[3] + 1, was[4] + a.tokens, runs}
end
if #answer > 0 then redis.call('PEXPIRE', a.active, ${2 * ACTIVE_MS}) end
return {'taken', now, redis.call('GET', KEYS[2]) or '', answer, spent}
`;

/** KEYS: fellows, for each place its minute, day and running, then money and holds where there is money. */
export const SETTLE: string = `${COMMON}${PLACES}${MONEY}
for i = 1, a.places do
  local key = 3 * i - 1
  minute(KEYS[key])
  count(KEYS[key], a.takenAtMs, a.requests, a.tokens)
  local r, dt, starts, ends, fresh = day(KEYS[key + 1])
  if not fresh and a.takenAtMs >= starts then
    countDay(KEYS[key + 1], math.max(a.requests, -r), math.max(a.tokens, -dt), false)
  end
  if a.running ~= 0 then
    local left = num(redis.call('HGET', KEYS[key + 2], a.life)) + a.running
    if left > 0 then redis.call('HSET', KEYS[key + 2], a.life, left)
    else redis.call('HDEL', KEYS[key + 2], a.life) end
  end
end
if a.hold then
  local key, holds = KEYS[#KEYS - 1], KEYS[#KEYS]
  local text = redis.call('HGET', holds, a.hold)
  -- Without one it was settled before.
  if text then
    redis.call('HDEL', holds, a.hold)
    readMoney(key)
    local buried = string.sub(text, 1, 1) == 'x'
    local hold = parts(buried and string.sub(text, 2) or text)
    local amount = num(hold[1])
    for p = 1, 4 do
      if num(hold[p + 1]) == num(f['n' .. p]) and now < num(f['e' .. p]) then
        if buried then
          redis.call('HSET', key, 's' .. p, math.max(0, num(f['s' .. p]) + a.cost - amount))
        else
          redis.call('HSET', key, 's' .. p, num(f['s' .. p]) + a.cost, 'm' .. p, math.max(0, num(f['m' .. p]) - amount))
        end
      end
    end
    if not buried then
      local life = 'l:' .. string.match(a.hold, '^(.*)#')
      redis.call('HSET', key, 'rc', math.max(0, num(f['rc']) - 1))
      if num(f[life]) <= 1 then redis.call('HDEL', key, life) else redis.call('HINCRBY', key, life, -1) end
    end
  end
end
return {'done', now}
`;

/** KEYS: fellows, the minute, day and running of one place. */
export const PUSH: string = `${COMMON}${PLACES}
minute(KEYS[2])
for _, use in ipairs(a.uses) do count(KEYS[2], use[1], use[2], use[3]) end
if now >= a.dayStartMs and now < a.dayEndMs and (a.dayRequests ~= 0 or a.dayTokens ~= 0) then
  local r, dt, starts, ends, fresh = day(KEYS[3])
  countDay(KEYS[3], a.dayRequests, a.dayTokens, fresh, starts, ends)
end
if a.running > 0 then
  redis.call('HSET', KEYS[4], a.life, a.running)
  redis.call('PEXPIRE', KEYS[4], ${KEPT_MS})
else
  redis.call('HDEL', KEYS[4], a.life)
end
return {'done', now}
`;

/** KEYS: fellows, money, holds. */
export const PUSH_MONEY: string = `${COMMON}${MONEY}
if not within(a.starts, a.ends) then return {'time', now} end
readMoney(KEYS[2])
turnOver(KEYS[2], a.starts, a.ends)
for p = 1, 4 do f['s' .. p] = math.max(num(f['s' .. p]), a.floors[p]) + a.spent[p] end
for _, hold in ipairs(a.holds) do
  if redis.call('HEXISTS', KEYS[3], hold[1]) == 0 then holding(KEYS[2], KEYS[3], hold[1], hold[2]) end
end
writeMoney(KEYS[2])
return {'done', now}
`;

/** KEYS: fellows, epoch. Tells the use of all places that anybody has used lately. */
export const BEAT: string = `${COMMON}${PLACES}
local known = redis.call('ZSCORE', KEYS[1], a.life)
local missed = not a.joins and (not known or now - tonumber(known) > ${FELLOW_MS})
if not missed then redis.call('ZADD', KEYS[1], now, a.life) end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - 6 * ${FELLOW_MS})
redis.call('PEXPIRE', KEYS[1], 12 * ${FELLOW_MS})
redis.call('SET', KEYS[2], a.epoch, 'NX')
redis.call('PEXPIRE', KEYS[2], ${MONEY_KEPT_MS})
local fellows = redis.call('ZRANGEBYSCORE', KEYS[1], now - ${FELLOW_MS}, '+inf')
local totals = {}
redis.call('ZREMRANGEBYSCORE', a.active, '-inf', now - ${ACTIVE_MS})
for i, id in ipairs(redis.call('ZREVRANGE', a.active, 0, ${MOST_ACTIVE - 1})) do
  local name = a.base .. id
  local r, tokens = minute(name .. ':' .. a.window)
  local dr, dt = day(name .. ':day')
  totals[i] = {id, r, tokens, dr, dt, running(name .. ':running')}
end
return {'beat', now, redis.call('GET', KEYS[2]), fellows, missed and 1 or 0, totals}
`;

/** KEYS: what is kept. Expired news go when something new comes. */
export const KEEP: string = `
local a = cjson.decode(ARGV[1])
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
if a.forget then redis.call('HDEL', KEYS[1], a.forget) end
if a.field then
  if redis.call('HLEN', KEYS[1]) > 500 then
    local list = redis.call('HGETALL', KEYS[1])
    for at = 1, #list, 2 do
      if tonumber(string.match(list[at + 1], '^%-?%d+') or 0) < now then redis.call('HDEL', KEYS[1], list[at]) end
    end
  end
  redis.call('HSET', KEYS[1], a.field, a.value)
  redis.call('PEXPIRE', KEYS[1], ${33 * 86_400_000})
end
redis.call('PUBLISH', a.channel, a.text)
return 1
`;
