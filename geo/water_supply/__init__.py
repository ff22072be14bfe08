"""Water for fire fighting by 消防水利の基準 (昭和39年消防庁告示第7号), and the ground that hoses do not reach."""
