/**
 * What the server put into the page, as types: no page loads them.
 */

/**
 * @typedef {object} StyleClass
 * @property {string | number | boolean} value
 * @property {string} title
 * @property {string} color
 * @property {string} safe_color the same for every kind of colour vision
 * @property {number | null} width
 * @property {number | null} opacity null: that of the style
 * @property {{lines: string, ink: string} | null} hatch its pattern on a swatch, as an SVG path
 *
 * @typedef {object} Choice one value of a field is shown at a time, the first at first
 * @property {string} field
 * @property {string} title
 * @property {{value: string, title: string}[]} options
 *
 * @typedef {object} LayerStyle
 * @property {string} color colour of features in no class
 * @property {string | null} by field the classes are of
 * @property {StyleClass[]} classes
 * @property {Choice | null} one_of
 * @property {number} opacity 0-1
 * @property {number} width CSS pixels
 * @property {number} radius CSS pixels
 * @property {string | null} outline
 * @property {number} min_zoom
 * @property {boolean} visible shown at first
 *
 * @typedef {object} FieldView
 * @property {string} name
 * @property {"text" | "integer" | "number" | "flag" | "date" | "datetime" | "time" | "code" | "text-list"} kind
 * @property {string} title
 * @property {string | null} unit UCUM symbol
 * @property {Record<string, string> | null} codes
 *
 * @typedef {object} SourceView
 * @property {string} title
 * @property {string[]} attributions
 * @property {string[]} licences
 *
 * @typedef {object} LayerView
 * @property {string} id
 * @property {string} title
 * @property {string} theme
 * @property {"Point" | "LineString" | "MultiLineString" | "MultiPolygon" | "None" | "Raster"} geometry
 * @property {boolean} drawn
 * @property {boolean} available false: no data, so unknown
 * @property {[string, string] | null} holds fields of the time from which and until which a feature holds
 * @property {number} revision
 * @property {{oldest: string | null, newest: string | null, complete: boolean}} as_of ISO dates, both inclusive
 * @property {boolean} fictitious
 * @property {string[]} attributions
 * @property {Record<string, SourceView>} sources by source format id
 * @property {string | null} title_field
 * @property {FieldView[]} fields
 * @property {LayerStyle} style
 * @property {import("maplibre-gl").LayerSpecification[]} map_layers what draws its tiles, from the ground up
 * @property {Record<string, Record<string, unknown>> | null} safe_paint paint of these in the colours for every kind of
 *   colour vision, by their ids, as far as it differs; null where there are no such colours
 * @property {string} collection path
 * @property {string | null} items path
 * @property {string | null} tiles path template with {z}/{y}/{x}
 * @property {string | null} image path template with {z}, {y} and {x}
 * @property {string | null} heights the same of heights as GSI encodes them in colours
 *
 * @typedef {object} Patterns images that styles name, in CSS pixels
 * @property {number} side of the square that repeats
 * @property {Record<string, PatternImage>} images by name
 *
 * @typedef {object} PatternImage
 * @property {number} width of its lines
 * @property {[number, number, number]} ink red, green, blue
 * @property {number} strength opacity of the ink
 * @property {[number, number, number, number][]} segments
 *
 * @typedef {object} View
 * @property {string} language BCP 47
 * @property {Record<string, string>} texts
 * @property {{name: string, bbox: [number, number, number, number], time_zone: string}} city
 * @property {{ogc: string, static: string, page: string}} urls
 * @property {boolean} fictitious
 * @property {Patterns} patterns
 * @property {boolean} gsi_tiles whether GSI's maps may be chosen as the ground
 * @property {LayerView[]} layers in the order of the list
 */

export {};
