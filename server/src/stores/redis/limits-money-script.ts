// The part of the scripts that knows a client's money: the same periods, holds and refusals as core/budgets/purse.ts, in two
// keys (see limits-scripts.ts).

export const MONEY_KEPT_MS: number = 400 * 86_400_000;
const HOLDS_KEPT_MS = 8 * 86_400_000;

/** Functions on money. */
export const MONEY: string = `
local f = {}
local function readMoney(key)
  local list = redis.call('HGETALL', key)
  for at = 1, #list, 2 do f[list[at]] = list[at + 1] end
end
-- Begins new periods; one that was moved back keeps what was spent.
local function turnOver(key, starts, ends)
  for p = 1, 4 do
    if f['e' .. p] == nil or now >= tonumber(f['e' .. p]) then
      f['n' .. p] = num(f['n' .. p]) + 1
      f['s' .. p] = 0
      f['m' .. p] = 0
    end
    f['b' .. p] = starts[p]
    f['e' .. p] = ends[p]
  end
end
local function writeMoney(key)
  local list = {}
  for p = 1, 4 do
    for _, name in ipairs({'b', 'e', 'n', 's', 'm'}) do
      list[#list + 1] = name .. p
      list[#list + 1] = f[name .. p]
    end
  end
  redis.call('HSET', key, unpack(list))
  redis.call('PEXPIRE', key, ${MONEY_KEPT_MS})
end
local function parts(text)
  local found = {}
  for part in string.gmatch(text, '[^|]+') do found[#found + 1] = part end
  return found
end
local function holding(key, holds, id, amount)
  local turns = {}
  for p = 1, 4 do
    f['m' .. p] = num(f['m' .. p]) + amount
    turns[p] = string.format('%.0f', num(f['n' .. p]))
  end
  redis.call('HSET', holds, id, string.format('%.0f', amount) .. '|' .. table.concat(turns, '|'))
  redis.call('PEXPIRE', holds, ${HOLDS_KEPT_MS})
  redis.call('HINCRBY', key, 'rc', 1)
  redis.call('HINCRBY', key, 'l:' .. a.life, 1)
  f['rc'] = num(f['rc']) + 1
end
-- A gateway died: what it held is spent, for nobody will ever know what its requests cost.
local function bury(key, holds)
  for name in pairs(f) do
    local life = string.match(name, '^l:(.*)$')
    if life and not alive(life) then
      local list = redis.call('HGETALL', holds)
      for at = 1, #list, 2 do
        local id, text = list[at], list[at + 1]
        if string.sub(text, 1, 1) == 'x' then
          redis.call('HDEL', holds, id)
        elseif string.sub(id, 1, #life + 1) == life .. '#' then
          local hold = parts(text)
          for p = 1, 4 do
            if num(hold[p + 1]) == num(f['n' .. p]) then
              f['m' .. p] = math.max(0, num(f['m' .. p]) - num(hold[1]))
              f['s' .. p] = num(f['s' .. p]) + num(hold[1])
            end
          end
          redis.call('HSET', holds, id, 'x' .. text)
        end
      end
      f['rc'] = math.max(0, num(f['rc']) - num(f[name]))
      redis.call('HSET', key, 'rc', f['rc'])
      redis.call('HDEL', key, name)
    end
  end
end
local function within(starts, ends)
  for p = 1, 4 do
    if now < starts[p] or now >= ends[p] then return false end
  end
  return true
end
`;
