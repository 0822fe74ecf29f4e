def pick(trees, ripe):
    return [tree for tree in trees if tree in ripe]
