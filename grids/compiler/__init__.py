"""The grid compiler: proposes how a community could be divided into grids. Runs only as a program of its own.

`python -m grids.compiler <in.json> <out.json>`; see `__main__` for the protocol and `given` for the question.

The method in plain words:

1. **Cells.** Around every building its piece of ground is drawn: half of the way to each neighbour. Borders of pieces
   follow roads, rivers, railways and walls where there are any, never run through a building, and end at vertices of
   the community's outline. Buildings that touch are one. (A Delaunay mesh over corners of buildings, barriers and
   outline on whole numbers, turned until it contains every wall and barrier, then halved between buildings.)
2. **Regions.** Barriers of strength 0.8 or more divide the community into regions; no grid lies in two. A region of
   less than a quarter of the target goes to the neighbour it shares most border with, and is named.
3. **First division.** Each region gets the number of grids whose mean lies nearest to the target. It is cut in two
   near the right share by the cheapest of twelve straight cuts, its halves again, until every piece is one grid. Or,
   where as little as possible shall change, the present grids are taken, too light ones shared out, too heavy ones cut.
4. **Exchange.** Pieces at a border go over to the neighbouring grid as long as that makes the division better: weight
   nearer to the target (beyond the tolerance it counts thirty times), a border shorter for its area, borders along
   barriers at a discount, households in the grid they are in today. A piece goes only if both grids stay in one piece
   and enclose nothing.
5. **Drawing.** Borders are drawn straighter by at most 12 metres, 1.5 along a barrier, where neither a building nor
   another border lies between the old line and the new. Every vertex is a node of the lattice and shared by both
   neighbours; that the grids fill the community with no gap and no overlap is proved before anything is handed out.

The same question with the same seed gives the same answer.
"""
