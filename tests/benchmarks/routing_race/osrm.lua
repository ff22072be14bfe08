-- OSRM's view of the city of the race: a way is driven at its maxspeed, and turning costs nothing.
api_version = 4

function setup()
  return {
    properties = {
      weight_name = 'duration',
      weight_precision = 1,
      u_turn_penalty = 0,
      traffic_signal_penalty = 0,
      use_turn_restrictions = false,
      continue_straight_at_waypoint = false,
    },
  }
end

function process_node(profile, node, result) end

function process_way(profile, way, result)
  local speed = tonumber(way:get_value_by_key('maxspeed'))
  if not speed then return end
  result.forward_mode = mode.driving
  result.forward_speed = speed
  if way:get_value_by_key('oneway') == 'yes' then
    result.backward_mode = mode.inaccessible
  else
    result.backward_mode = mode.driving
    result.backward_speed = speed
  end
end

function process_turn(profile, turn)
  turn.duration = 0
  turn.weight = 0
end

return { setup = setup, process_node = process_node, process_way = process_way, process_turn = process_turn }
