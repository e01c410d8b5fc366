// Functions of keras.ops that move, take and replace parts of a tensor, or make
// categories of its numbers.
#include "tests/support/random_layer.h"

namespace kinglet {
namespace {

using nlohmann::json;

LayerCase Part(const std::string& name, const json& config, std::vector<Nd> inputs) {
  LayerCase function{name, config, std::move(inputs)};
  function.is_function = true;
  function.has_arguments = function.inputs.size() > 1;
  return function;
}

TEST(RandomParts, KeepTrianglesOfMatrices) {
  ForSeeds(12, [](Dice& dice) {
    const Nd x = dice.Numbers({2, dice.Int(1, 5), dice.Int(1, 5)});
    const std::int64_t k = dice.Int(-3, 3);
    const bool is_lower = dice.Coin();
    const Nd y = Made(x.shape, [&](std::int64_t c, std::int64_t i, std::int64_t j) {
      return (is_lower ? j - i <= k : j - i >= k) ? x(c, i, j) : 0;
    });
    ExpectLayer(Part(is_lower ? "Tril" : "Triu", {{"k", k}}, {x}), y);
  });
}

TEST(RandomParts, TakeDiagonals) {
  ForSeeds(16, [](Dice& dice) {
    const Nd x = dice.Numbers({dice.Int(2, 4), dice.Int(2, 4), 3});
    const std::int64_t offset = dice.Int(-1, 1);
    const bool is_turned = dice.Coin();
    const std::int64_t rows = x.shape[is_turned ? 1 : 0];
    const std::int64_t columns = x.shape[is_turned ? 0 : 1];
    std::vector<std::vector<double>> diagonals(3);
    for (std::int64_t i = 0; i < rows; ++i) {
      const std::int64_t j = i + offset;
      if (j < 0 || j >= columns) continue;
      for (std::int64_t c = 0; c < 3; ++c) {
        diagonals[static_cast<std::size_t>(c)].push_back(is_turned ? x(j, i, c)
                                                                   : x(i, j, c));
      }
    }
    Nd y({3, static_cast<std::int64_t>(diagonals[0].size())});
    Nd trace({3});
    for (std::int64_t c = 0; c < 3; ++c) {
      for (std::int64_t i = 0; i < y.shape[1]; ++i) {
        y(c, i) = diagonals[static_cast<std::size_t>(c)][static_cast<std::size_t>(i)];
        trace(c) += y(c, i);
      }
    }
    const json config = {
        {"offset", offset}, {"axis1", is_turned ? 2 : 1}, {"axis2", is_turned ? -3 : 2}};
    ExpectLayer(Part("Diagonal", config, {x}), y);
    ExpectLayer(Part("Trace", config, {x}), trace);
  });
}

TEST(RandomParts, TurnByQuarters) {
  ForSeeds(16, [](Dice& dice) {
    const std::int64_t turns = dice.Int(-4, 5);
    const std::int64_t rows = dice.Int(1, 4);
    const Nd x = dice.Numbers({rows, turns % 2 == 0 ? rows : dice.Int(1, 4), 2});
    const bool is_turned = dice.Coin();
    Nd y = x;
    // One quarter against the clock is three with the axes exchanged.
    for (std::int64_t turn = 0; turn < ((turns % 4) + 4) % 4 * (is_turned ? 3 : 1);
         ++turn) {
      const Nd before = y;
      y = Made({before.shape[1], before.shape[0], 2},
               [&](std::int64_t i, std::int64_t j, std::int64_t c) {
                 return before(j, before.shape[1] - 1 - i, c);
               });
    }
    const json axes = is_turned ? json{2, 1} : json{1, -2};
    ExpectLayer(Part("Rot90", {{"k", turns}, {"axes", axes}}, {x}), y);
  });
}

TEST(RandomParts, RepeatEachElementAsOftenAsTheListSays) {
  ForSeeds(8, [](Dice& dice) {
    const Nd x = dice.Numbers({4, 3});
    const bool is_first = dice.Coin();
    std::vector<std::int64_t> times;
    std::vector<std::int64_t> places;
    for (std::int64_t i = 0; i < (is_first ? 4 : 3); ++i) {
      times.push_back(i == 1 ? 2 : dice.Int(0, 3));
      places.insert(places.end(), static_cast<std::size_t>(times.back()), i);
    }
    const auto count = static_cast<std::int64_t>(places.size());
    Nd y(is_first ? Shape{count, 3} : Shape{4, count});
    for (std::int64_t i = 0; i < y.shape[0]; ++i) {
      for (std::int64_t j = 0; j < y.shape[1]; ++j) {
        y(i, j) = is_first ? x(places[static_cast<std::size_t>(i)], j)
                           : x(i, places[static_cast<std::size_t>(j)]);
      }
    }
    ExpectLayer(Part("Repeat", {{"repeats", times}, {"axis", is_first ? 1 : 2}}, {x}), y);
  });
}

TEST(RandomParts, RollSeveralAxes) {
  ForSeeds(8, [](Dice& dice) {
    const Nd x = dice.Numbers({4, 3, 2});
    const std::int64_t down = dice.Int(-5, 5);
    const std::int64_t across = dice.Int(-5, 5);
    const Nd y = Made(x.shape, [&](std::int64_t i, std::int64_t j, std::int64_t c) {
      return x((i - down + 8) % 4, (j - across + 9) % 3, c);
    });
    ExpectLayer(Part("Roll", {{"shift", {down, across}}, {"axis", {1, -2}}}, {x}), y);
  });
}

TEST(RandomParts, TakeAndReplaceABox) {
  ForSeeds(12, [](Dice& dice) {
    const Nd x = dice.Numbers({4, 3, 2});
    const std::int64_t top = dice.Int(0, 2);
    const std::int64_t left = dice.Int(0, 1);
    const Shape part = {dice.Int(1, 4 - top), dice.Int(1, 3 - left), 2};
    Nd updated = x;
    json updates = json::array({json::array()});
    const Nd taken = Made(part, [&](std::int64_t i, std::int64_t j, std::int64_t c) {
      updated(top + i, left + j, c) = static_cast<double>(i + 2 * j - c);
      updates[0][static_cast<std::size_t>(i)][static_cast<std::size_t>(j)]
             [static_cast<std::size_t>(c)] = i + 2 * j - c;
      return x(top + i, left + j, c);
    });
    const json start = {0, top, left, 0};
    const json shape = {1, part[0], dice.Coin() && left + part[1] == 3 ? -1 : part[1], 2};
    ExpectLayer(Part("Slice", {{"start_indices", start}, {"shape", shape}}, {x}), taken);
    ExpectLayer(
        Part("SliceUpdate", {{"start_indices", start}, {"updates", updates}}, {x}),
        updated);
  });
}

/// The last place may be named from the end.
TEST(RandomParts, TakeEachLineAtItsOwnPlaces) {
  ForSeeds(8, [](Dice& dice) {
    const Nd x = dice.Numbers({3, 4});
    const bool is_last = dice.Coin();
    Nd places(is_last ? Shape{3, 2} : Shape{2, 4});
    Nd y = places;
    for (std::int64_t i = 0; i < places.shape[0]; ++i) {
      for (std::int64_t j = 0; j < places.shape[1]; ++j) {
        const std::int64_t size = is_last ? 4 : 3;
        const std::int64_t place = dice.Int(-1, size - 1);
        const std::int64_t from = place < 0 ? size - 1 : place;
        places(i, j) = static_cast<double>(place);
        y(i, j) = is_last ? x(i, from) : x(from, j);
      }
    }
    ExpectLayer(Part("TakeAlongAxis", {{"axis", is_last ? -1 : 1}}, {x, places}), y);
  });
}

TEST(RandomParts, SplitUnevenly) {
  ForSeeds(6, [](Dice& dice) {
    const std::int64_t pieces = dice.Int(1, 4);
    const Nd x = dice.Numbers({dice.Int(4, 9), 2});
    const std::int64_t first = (x.shape[0] + pieces - 1) / pieces;
    Nd y({first, 2});
    for (std::int64_t i = 0; i < first * 2; ++i) y.data[i] = x.data[i];
    ExpectLayer(Part("ArraySplit", {{"indices_or_sections", pieces}, {"axis", 1}}, {x}),
                y);
  });
}

TEST(RandomParts, FillAndTurnAround) {
  ForSeeds(2, [](Dice& dice) {
    const Nd x = dice.Numbers({2, 3});
    ExpectLayer(Part("FullLike", {{"fill_value", 2.5}}, {x}),
                Nd({2, 3}, std::vector<double>(6, 2.5)));
    Nd y = x;
    for (std::int64_t j = 0; j < 3; ++j) std::swap(y(0, j), y(1, j));
    ExpectLayer(Part("Fliplr", json::object(), {x}), y);
  });
}

TEST(RandomParts, FindTheBinOfEachNumber) {
  ForSeeds(6, [](Dice& dice) {
    Nd x = dice.Numbers({3, 4}, -2, 2);
    x(0, 0) = 0.5;
    const std::vector<double> bins = {-1, 0.5, 1.25};
    Nd bin = x;
    Nd one_hot({3, 4, 4});
    Nd multi_hot({4, 4});
    Nd counts({4, 4});
    for (std::int64_t i = 0; i < 3; ++i) {
      for (std::int64_t j = 0; j < 4; ++j) {
        const auto at =
            std::ranges::count_if(bins, [&](double edge) { return edge <= x(i, j); });
        bin(i, j) = static_cast<double>(at);
        one_hot(i, j, at) = 1;
        multi_hot(j, at) = 1;
        counts(j, at) += 1;
      }
    }
    ExpectLayer(Part("Digitize", {{"bins", bins}}, {x}), bin);
    const auto layer = [&](const std::string& mode) {
      return LayerCase{
          "Discretization", {{"bin_boundaries", bins}, {"output_mode", mode}}, {x}};
    };
    ExpectLayer(layer("int"), bin);
    ExpectLayer(layer("one_hot"), one_hot);
    ExpectLayer(layer("multi_hot"), multi_hot);
    ExpectLayer(layer("count"), counts);
    ExpectLayer(Part("OneHot", {{"num_classes", 4}, {"axis", -1}}, {bin}), one_hot);
    ExpectLayer(
        {"CategoryEncoding", {{"num_tokens", 4}, {"output_mode", "count"}}, {bin}},
        counts);
  });
}

/// Conditions are what is not zero.
TEST(RandomParts, ChooseByTheFirstConditionThatHolds) {
  ForSeeds(4, [](Dice& dice) {
    const auto flags = [&dice] {
      Nd numbers({3, 4});
      for (double& number : numbers.data) number = dice.Coin() ? 0 : 0.5;
      return numbers;
    };
    const Nd first = flags();
    const Nd second = flags();
    Nd y = first;
    for (std::size_t i = 0; i < y.data.size(); ++i) {
      y.data[i] = first.data[i] != 0 ? 2.5 : (second.data[i] != 0 ? 7 : 1);
    }
    LayerCase select =
        Part("Select", {{"choicelist", {2.5, 7}}, {"default", 1}}, {first, second});
    select.has_arguments = false;
    ExpectLayer(select, y);
  });
}

TEST(RandomParts, StackSidewaysAndInDepth) {
  ForSeeds(4, [](Dice& dice) {
    const Nd a = dice.Numbers({2, 3});
    const Nd b = dice.Numbers({2, 3});
    Nd sideways({4, 3});
    Nd in_depth({2, 6});
    for (std::int64_t i = 0; i < 2; ++i) {
      for (std::int64_t j = 0; j < 3; ++j) {
        sideways(i, j) = in_depth(i, j) = a(i, j);
        sideways(i + 2, j) = in_depth(i, j + 3) = b(i, j);
      }
    }
    for (const char* name : {"Hstack", "Dstack"}) {
      LayerCase stack = Part(name, json::object(), {a, b});
      stack.has_arguments = false;
      ExpectLayer(stack, std::string(name) == "Hstack" ? sideways : in_depth);
    }
  });
}

}  // namespace
}  // namespace kinglet
